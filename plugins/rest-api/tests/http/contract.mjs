// The served document as a contract: whether an answer is one that openapi.json promises.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

import { note } from './seen.mjs';

export const documentText = readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8');

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

function* everyObject(value) {
    if (isObject(value)) yield value;
    if (value !== null && typeof value === 'object') for (const child of Object.values(value)) yield* everyObject(child);
}

/// Clients pass over fields that they do not know; here, a field that the document does not have is a fault of one of
/// the two. So objects are closed, but for those that others are composed of.
function close(document) {
    const bases = new Set();
    for (const schema of everyObject(document)) {
        for (const part of schema.allOf ?? []) bases.add(part.$ref ? resolve(document, part) : part);
    }
    for (const schema of everyObject(document)) {
        const described = (schema.type === 'object' && isObject(schema.properties)) || Array.isArray(schema.allOf);
        if (described && !bases.has(schema)) schema.unevaluatedProperties = false;
    }
    return document;
}

function resolve(document, value) {
    if (!value?.$ref) return value;
    return value.$ref.slice(2).split('/').reduce((place, name) => place[name.replaceAll('~1', '/').replaceAll('~0', '~')], document);
}

const patternOf = (template) => new RegExp(`^${template.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`);

/// What the document says of all requests in its description: no operation lists it.
const kBeforeAnyOperation = new Set(['malformed_request', 'target_too_long', 'header_fields_too_large', 'expectation_failed',
    'request_timeout', 'method_not_implemented', 'transfer_coding_not_implemented', 'http_version_not_supported']);

export class Contract {
    #document;
    #ajv;
    #paths;
    #compiled = new Map();
    answered = new Map(); // operationId → set of the statuses seen

    constructor(text = documentText) {
        this.#document = close(JSON.parse(text));
        this.#ajv = new Ajv2020({ strict: false, allErrors: true, multipleOfPrecision: 6, schemas: { document: this.#document } });
        addFormats(this.#ajv);
        this.#paths = Object.entries(this.#document.paths).map(([path, item]) => ({ path, item, pattern: patternOf(path) }));
    }

    get operations() {
        return this.#paths.flatMap(({ path, item }) => Object.keys(item).filter((name) => name !== 'parameters')
            .map((method) => ({ method: method.toUpperCase(), path, ...item[method] })));
    }

    #validate(schema, value, what) {
        if (!this.#compiled.has(schema)) {
            // References are meant within the document.
            const own = JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"document#/'));
            this.#compiled.set(schema, this.#ajv.compile(own));
        }
        const validate = this.#compiled.get(schema);
        assert.ok(validate(value), `${what}: ${this.#ajv.errorsText(validate.errors)}\n${JSON.stringify(value)}`);
    }

    /// Checks one answer, and the body that led to it when it was accepted.
    check(method, target, { status, headers, text, json }, sent) {
        // Of its own accord the server answers OPTIONS everywhere, and HEAD like GET without the body.
        if (method === 'OPTIONS') return;
        const path = target.split('?')[0];
        const found = this.#paths.find(({ pattern }) => pattern.test(path));
        const operation = found?.item[method === 'HEAD' ? 'get' : method.toLowerCase()];
        if (kBeforeAnyOperation.has(json?.code)) {
            note(undefined, status, json);
            assert.equal(headers.get('content-type'), 'application/problem+json');
            return this.#validate(this.#document.components.schemas.Problem, json, `${status}`);
        }
        if (!operation) {
            assert.ok(!found || status === 405, `${method} ${path} is not in the document`);
            return note(undefined, status, json);
        }
        const what = `${operation.operationId} ${status}`;
        const response = resolve(this.#document, operation.responses[status]);
        assert.ok(response, `${what} is not in the document: ${text}`);
        for (const [name, header] of Object.entries(response.headers ?? {})) this.#checkHeader(what, name, resolve(this.#document, header), headers.get(name));
        const type = headers.get('content-type');
        if (response.content) {
            assert.ok(response.content[type], `${what} came as ${type}`);
            if (method === 'HEAD') return assert.equal(text, '');
            this.#validate(response.content[type].schema, json, what);
        } else {
            assert.equal(text, '', what);
        }
        if (status < 300 && isObject(sent) && operation.requestBody) this.#validate(operation.requestBody.content['application/json'].schema, sent, `${operation.operationId}, its request`);
        note(operation.operationId, status, json);
        if (!this.answered.has(operation.operationId)) this.answered.set(operation.operationId, new Set());
        this.answered.get(operation.operationId).add(status);
    }

    #checkHeader(what, name, { required, schema }, value) {
        if (value === null) return assert.ok(!required, `${what} needs ${name}`);
        this.#validate(schema, schema.type === 'integer' ? Number(value) : value, `${what}, ${name}`);
    }
}
