# The app: every setting with its default; docs/settings.md explains them. No secret belongs in here.
# SQLite, stored files and made-up secrets lie here.
NEUROAGENT_DATA_FOLDER=data
# Signs links and grants; several replicas need the same; by default one is made.
NEUROAGENT_SECRET_KEY=

# Address to listen on; beyond loopback, put TLS in front.
NEUROAGENT_SERVER__HOST=127.0.0.1
# TCP port.
NEUROAGENT_SERVER__PORT=8078

# `redis://`, `rediss://` or `unix://`; stands in for host, port, username, password and db.
NEUROAGENT_REDIS__URL=
# Host name or address.
NEUROAGENT_REDIS__HOST=127.0.0.1
# TCP port.
NEUROAGENT_REDIS__PORT=6379
# ACL user, if not the default one.
NEUROAGENT_REDIS__USERNAME=
# Password; any character may stand in it.
NEUROAGENT_REDIS__PASSWORD=
# Database number.
NEUROAGENT_REDIS__DB=0
# Path of a unix socket, used in place of host and port.
NEUROAGENT_REDIS__UNIX_SOCKET=
# Speak TLS, as `rediss://` does.
NEUROAGENT_REDIS__TLS=false
# CA certificates that may sign the server's; else the system's.
NEUROAGENT_REDIS__TLS_CA=
# Our certificate, where the server asks for one.
NEUROAGENT_REDIS__TLS_CERTIFICATE=
# The key of our certificate.
NEUROAGENT_REDIS__TLS_KEY=
# `host:port,host:port`: ask these Sentinels who the master is.
NEUROAGENT_REDIS__SENTINELS=
# The master's name among the Sentinels.
NEUROAGENT_REDIS__SENTINEL_MASTER=mymaster
# Password of the Sentinels themselves.
NEUROAGENT_REDIS__SENTINEL_PASSWORD=
# Connections of one process for short commands; one more sends, and one waits.
NEUROAGENT_REDIS__POOL_SIZE=1
# Seconds to wait for a connection.
NEUROAGENT_REDIS__CONNECT_TIMEOUT=2.0
# Seconds to wait for the answer to a short command; blocking reads have no limit.
NEUROAGENT_REDIS__COMMAND_TIMEOUT=5.0

# `postgresql://…` or `sqlite:///…`; by default SQLite in the data folder.
NEUROAGENT_DATABASE__URL=
# Connections kept open.
NEUROAGENT_DATABASE__POOL_SIZE=10
# More of them under load, closed again afterwards.
NEUROAGENT_DATABASE__POOL_OVERFLOW=20

# A folder served by the app, or an S3 bucket.
NEUROAGENT_STORAGE__BACKEND=disk
# The folder for `disk`; by default `files` in the data folder.
NEUROAGENT_STORAGE__FOLDER=
# How browsers reach the store: the app's address for `disk`, the S3 endpoint for `s3`.
NEUROAGENT_STORAGE__PUBLIC_URL=http://127.0.0.1:8078
# How workers reach the store; by default as browsers do.
NEUROAGENT_STORAGE__WORKER_URL=

# How the app itself reaches the store.
NEUROAGENT_STORAGE__S3__ENDPOINT_URL=
# An existing bucket.
NEUROAGENT_STORAGE__S3__BUCKET=neuroagent
# The region that signatures name.
NEUROAGENT_STORAGE__S3__REGION=us-east-1
# Access key of the app; workers never get it.
NEUROAGENT_STORAGE__S3__ACCESS_KEY_ID=
# Secret that belongs to the access key.
NEUROAGENT_STORAGE__S3__SECRET_ACCESS_KEY=

# How long a signed link works; a running task renews its own.
NEUROAGENT_STORAGE__LINK_LIFETIME=PT3600S
# How long after a task got its links it may renew them, running or not.
NEUROAGENT_STORAGE__RENEWAL_LIFETIME=PT604800S
# The largest file that is stored, in bytes.
NEUROAGENT_STORAGE__MAX_UPLOAD_BYTES=536870912

# `token`: one person, one token; `keys`: people with keys; `oidc`: a provider signs them in.
NEUROAGENT_AUTH__MODE=token
# The token callers show; by default one is made and kept in the data folder.
NEUROAGENT_AUTH__TOKEN=
# Hours after which a browser has to sign in again.
NEUROAGENT_AUTH__SESSION_HOURS=12
# Further addresses that a page may call from, with commas between; its own always may.
NEUROAGENT_AUTH__ORIGINS=

# The provider's address, as its tokens spell it.
NEUROAGENT_AUTH__OIDC__ISSUER=
# The name under which the provider knows this app.
NEUROAGENT_AUTH__OIDC__CLIENT_ID=
# Its secret, if the provider gave it one.
NEUROAGENT_AUTH__OIDC__CLIENT_SECRET=
# Whom a bearer token has to be made for; by default the client_id.
NEUROAGENT_AUTH__OIDC__AUDIENCE=
# What is asked of the provider.
NEUROAGENT_AUTH__OIDC__SCOPE=openid profile email
# How its tokens may be signed, with commas between.
NEUROAGENT_AUTH__OIDC__ALGORITHMS=RS256,ES256,EdDSA
# The claim that names a person's groups.
NEUROAGENT_AUTH__OIDC__GROUPS_CLAIM=groups
# What the members of a group may: `NEUROAGENT_AUTH__OIDC__GROUPS__LAB=chat,tools`, or as JSON.
# NEUROAGENT_AUTH__OIDC__GROUPS__LAB=chat,tools
# Where it sends people back; by default `/sign-in/callback` at the address they came by.
NEUROAGENT_AUTH__OIDC__CALLBACK=
# What whoever signs in may, in any group or none.
NEUROAGENT_AUTH__OIDC__EVERYBODY=chat,tools

# Looking: every GET; `off`: as often as they like.
NEUROAGENT_RATES__READ=6000/minute
# Changing anything.
NEUROAGENT_RATES__WRITE=1200/minute
# Running tasks and tools.
NEUROAGENT_RATES__RUN=1200/minute
# Asking the model.
NEUROAGENT_RATES__ASK=600/minute
# Trying to sign in, from one address.
NEUROAGENT_RATES__SIGN_IN=30/minute

# Tokens a day for each person, read and written.
NEUROAGENT_QUOTAS__TOKENS=
# Seconds a day that a person's tasks may work.
NEUROAGENT_QUOTAS__TOOL_SECONDS=

# The largest submission; files travel apart.
NEUROAGENT_JOBS__MAX_BODY_BYTES=4194304
# Seconds to wait for an answer when none are named.
NEUROAGENT_JOBS__WAIT=30

# Days without a run after which a session is deleted.
NEUROAGENT_SESSIONS__IDLE_DAYS=30

# The largest message with all that a client sends along.
NEUROAGENT_CHAT__MAX_BODY_BYTES=4194304
# Days in which a deleted thread can be restored.
NEUROAGENT_CHAT__UNDO_DAYS=7

# Times that the model is asked for one answer.
NEUROAGENT_CHAT__LIMITS__STEPS=20
# Tool calls of one answer.
NEUROAGENT_CHAT__LIMITS__TOOL_CALLS=40
# Tokens of one answer, read and written.
NEUROAGENT_CHAT__LIMITS__TOKENS=400000
# Seconds that one answer may take.
NEUROAGENT_CHAT__LIMITS__SECONDS=1800

# Files that people put into one thread.
NEUROAGENT_CHAT__FILES__MOST=50
# The largest of them, in bytes.
NEUROAGENT_CHAT__FILES__FILE_BYTES=33554432
# All of one thread together, in bytes.
NEUROAGENT_CHAT__FILES__THREAD_BYTES=50331648

# By a tool's name: `never`, `always`, or a rule; in place of what the tool itself says.
# NEUROAGENT_APPROVALS__TOOLS__RUN_PYTHON=always
# Days until a question that nobody answers counts as denied.
NEUROAGENT_APPROVALS__EXPIRE_DAYS=7

# Days in which a notification can be read.
NEUROAGENT_NOTIFICATIONS__KEPT_DAYS=30

# An endpoint that speaks the OpenAI API; none: the built-in model answers.
NEUROAGENT_LLM__BASE_URL=
# The key that the endpoint asks for.
NEUROAGENT_LLM__API_KEY=
# The model's name there.
NEUROAGENT_LLM__MODEL=
# Further models, each under a name: its `BASE_URL`, `MODEL` and `API_KEY`; or all of them as JSON.
# NEUROAGENT_LLM__MODELS__FAST__MODEL=small
# Who answers when a model is away, with commas between: `fast,big`.
NEUROAGENT_LLM__FALLBACK=
# Seconds that the endpoint may say nothing.
NEUROAGENT_LLM__TIMEOUT=120
# Times that a refused or failed request is sent again; `Retry-After` is honoured.
NEUROAGENT_LLM__RETRIES=2
# What a million tokens that it reads cost; none: not known.
NEUROAGENT_LLM__PRICE_IN=
# What a million tokens that it writes cost.
NEUROAGENT_LLM__PRICE_OUT=

# Names by which /mcp may be called, at any port; behind a name of your own, add it.
NEUROAGENT_MCP__ALLOWED_HOSTS=127.0.0.1, localhost, [::1]
# Origins of pages that may call /mcp from a browser, at any port; programs send none.
NEUROAGENT_MCP__ALLOWED_ORIGINS=http://127.0.0.1, http://localhost, http://[::1]
# The largest call of /mcp.
NEUROAGENT_MCP__MAX_BODY_BYTES=4194304
# A JSON file with MCP servers of others, whose tools are offered too; docs/doors.md has one.
NEUROAGENT_MCP__SERVERS_FILE=

# How many circuits one person may have.
NEUROAGENT_CIRCUITS__MOST=200
# Words of this place for every question: `pyramidal: morph_class = PYR; depth: y`.
NEUROAGENT_CIRCUITS__SYNONYMS=

# The provider's address; empty: none.
NEUROAGENT_ENTITYCORE__URL=
# Sent as a bearer token, if the provider wants one.
NEUROAGENT_ENTITYCORE__TOKEN=
# The virtual lab to act in, if the provider knows such.
NEUROAGENT_ENTITYCORE__VIRTUAL_LAB=
# The project to act in, likewise.
NEUROAGENT_ENTITYCORE__PROJECT=

# The built page; by default the one that `./dev up` builds, or that the package brings.
NEUROAGENT_PAGE__FOLDER=

# The least level that is logged.
NEUROAGENT_LOGGING__LEVEL=INFO
# `console` for people, `json` for machines; `auto`: console on a terminal, else json.
NEUROAGENT_LOGGING__FORMAT=auto
# Colours in the console format; by default on a terminal only.
NEUROAGENT_LOGGING__COLOURS=
