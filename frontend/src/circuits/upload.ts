// A file on its way to the app, and how much of it is there: only the older interface of browsers tells that.

import { ApiError, errorOf, SIGNED_OUT } from "../api/http.ts";
import type { Circuit } from "../api/types.ts";

export type Going = { name: string; done: Promise<Circuit>; cancel: () => void };

export function upload(file: File, onProgress: (fraction: number) => void): Going {
  const request = new XMLHttpRequest();
  const done = new Promise<Circuit>((resolve, reject) => {
    request.upload.onprogress = (event) => onProgress(event.lengthComputable ? event.loaded / event.total : 0);
    request.onload = () => {
      if (request.status === 401) globalThis.dispatchEvent(new Event(SIGNED_OUT));
      if (request.status === 201) resolve(JSON.parse(request.responseText) as Circuit);
      else reject(errorOf(request.status, request.responseText));
    };
    request.onerror = () => reject(new TypeError("the connection was lost"));
    request.onabort = () => reject(new ApiError(0, "cancelled", "The upload was cancelled.", ""));
  });
  request.open("POST", `/api/circuits/upload?name=${encodeURIComponent(file.name.slice(0, 200))}`);
  request.setRequestHeader("content-type", "application/octet-stream");
  request.send(file);
  return { name: file.name, done, cancel: () => request.abort() };
}
