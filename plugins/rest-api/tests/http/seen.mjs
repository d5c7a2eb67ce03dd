// What the tests have got on the wire. Each test file is a process of its own; everything.mjs, which runs last, compares
// what all of them have seen with what is documented.
import { appendFileSync, readFileSync } from 'node:fs';

const kFile = process.env.TELEVISIT_SEEN;
const lines = new Set();
if (kFile) process.once('exit', () => appendFileSync(kFile, [...lines].map((line) => `${line}\n`).join('')));

/// `operation` is undefined for what is at no path of the document.
export function note(operation, status, json) {
    lines.add(JSON.stringify({ operation, status, code: json?.code, fields: json?.errors?.map((field) => field.code) }));
}

export function everythingSeen() {
    return readFileSync(kFile, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
}
