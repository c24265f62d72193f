# The process people talk to: FastAPI, the database, the store. Nothing of the workers is in here.
FROM python:3.13-slim AS packages
COPY locks/uv.txt locks/app.txt /locks/
RUN python -m venv /opt/uv \
    && /opt/uv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /locks/uv.txt \
    && /opt/uv/bin/uv venv /opt/app \
    && /opt/uv/bin/uv pip sync --python /opt/app --no-cache --require-hashes /locks/app.txt

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /srv/neuroagent neuroagent
COPY --from=packages /opt/app /opt/app
COPY backend/src/neuroagent/__init__.py /opt/src/neuroagent/
COPY backend/src/neuroagent/config /opt/src/neuroagent/config
COPY backend/src/neuroagent/task_schemas /opt/src/neuroagent/task_schemas
COPY backend/src/neuroagent/app /opt/src/neuroagent/app
ENV PATH=/opt/app/bin:$PATH PYTHONPATH=/opt/src PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/neuroagent
USER neuroagent
VOLUME /srv/neuroagent/data
EXPOSE 8078
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8078/healthz', timeout=4)"]
CMD ["uvicorn", "neuroagent.app.main:app", "--host", "0.0.0.0", "--port", "8078"]
