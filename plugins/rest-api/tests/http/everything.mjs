// Runs after all test files, over what they have seen: whether all that is documented has been, and nothing else.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { repository } from '../../../../tests/e2e/lib/server.mjs';
import { Contract, documentText } from './contract.mjs';
import { everythingSeen } from './seen.mjs';

const seen = everythingSeen();
const document = JSON.parse(documentText);
const protocol = readFileSync(join(repository, 'docs/protocol.md'), 'utf8');

/// Answers that are documented and that no test can have, with the reason.
const neverSeen = { 'health_live 503': 'a process that is dead answers nothing' };
/// Codes that test plugins give, to show that plugins may.
const ofTestPlugins = new Set(['triage_first']);
/// Codes in the source that reach neither REST nor Socket.IO, with the reason.
const notOnTheWire = {
    missing_credential: 'rest-api has told credential_missing by then',
    bad_idempotency_key: 'rest-api has told invalid_idempotency_key by then',
    already_seated: 'signaling has told already_in_room by then',
    wrong_type: 'of a quality sample: rest-api and signaling let through objects and lists only',
    joining: 'what a socket sends while it joins waits for that',
    backplane_full: 'relays to other nodes are dropped and counted', backplane_stopped: 'relays to other nodes are dropped and counted',
    attendee_not_found: 'of operators, on the admin listener', room_not_found: 'of operators, on the admin listener', not_over: 'of operators, on the admin listener',
    too_many_polling_sessions: 'in the JSON of Engine.IO, as its reason',
    too_many_unjoined: 'in CONNECT_ERROR', too_many_unjoined_from_address: 'in CONNECT_ERROR',
    tls_required: 'of a listener with TLS, to who speaks without; tests/integration has one',
    upgrade_required: 'no route of the shipped plugins takes WebSocket alone',
    listener_attached: 'a start that fails', unknown_time_zone: 'a start that fails', loop_not_granted: 'a start that fails',
    no_event_loop: 'a start that fails', not_running: 'a start that fails', cannot_watch: 'a start that fails', address_in_use: 'a start that fails',
    address_forbidden: 'a start that fails', cannot_listen: 'a start that fails', unknown_host: 'a start that fails', path_too_long: 'a start that fails',
};

const resolve = (value) => (value.$ref ? value.$ref.slice(2).split('/').reduce((place, name) => place[name], document) : value);
/// Every code in a schema, those in the open part of an `anyOf` included.
const codesIn = (value) => [...JSON.stringify(value).matchAll(/"code":(\{.*?\}\]?\})/g)].flatMap(([, schema]) => [...schema.matchAll(/"enum":\[(.*?)\]/g)]
    .flatMap(([, list]) => JSON.parse(`[${list}]`)));

const promised = new Contract().operations.flatMap(({ operationId, responses }) => Object.entries(responses)
    .map(([status, response]) => ({ operationId, status: Number(status), codes: codesIn(resolve(response)) })));

/// The rows of the table with that head: the codes of the first cell, with the rest.
function table(head) {
    const at = protocol.indexOf(head);
    assert.ok(at > 0, head);
    return protocol.slice(at).split('\n\n')[0].split('\n').slice(2).flatMap((row) => {
        const [codes, ...rest] = row.split('|').slice(1, -1).map((cell) => cell.trim());
        const names = [...codes.matchAll(/`([a-z_]+)`/g)].map((match) => match[1]);
        // "414, 431" belong to the codes one by one, a single status to all.
        const statuses = rest[0].split(', ');
        return names.map((code, i) => ({ code, status: Number(statuses[i] ?? statuses[0]), meaning: rest.at(-1) }));
    });
}
const ofRest = table('| code | status | meaning |');
const ofSocketIo = table('| code | meaning |');
const key = ({ status, code }) => `${status} ${code}`;

test('every documented status of every operation has been seen', () => {
    const had = new Set(seen.map(({ operation, status }) => `${operation} ${status}`));
    const missing = promised.map(({ operationId, status }) => `${operationId} ${status}`).filter((one) => !had.has(one));
    assert.deepEqual(missing.sort(), Object.keys(neverSeen).sort());
});

test('every code in the document has been seen with its status', () => {
    const had = new Set(seen.map(key));
    const all = new Set(promised.flatMap(({ status, codes }) => codes.map((code) => key({ status, code }))));
    assert.ok(all.size > 30, `${all.size}`);
    assert.deepEqual([...all].filter((one) => !had.has(one)), []);
});

test('every code in the table of docs/protocol.md has been seen with its status, and means something', () => {
    const had = new Set(seen.map(key));
    assert.deepEqual(ofRest.map(key).filter((one) => !had.has(one)), []);
    for (const { code, meaning } of ofRest) assert.ok(meaning.length > 3, code);
    assert.equal(new Set(ofRest.map(key)).size, ofRest.length, 'no row comes twice');
});

test('nothing else has been seen, nor is in the document', () => {
    const known = new Set(ofRest.map(key));
    // Engine.IO has codes of its own, which are numbers.
    const others = seen.filter(({ status, code }) => status >= 400 && typeof code === 'string' && !ofTestPlugins.has(code)).map(key).filter((one) => !known.has(one));
    assert.deepEqual([...new Set(others)], []);
    assert.deepEqual(promised.flatMap(({ status, codes }) => codes.map((code) => key({ status, code }))).filter((one) => !known.has(one)), []);
});

test('every code of a field has been seen, and is named in docs/protocol.md', () => {
    const had = new Set(seen.flatMap(({ fields }) => fields ?? []));
    const all = document.components.schemas.FieldProblem.properties.code.enum;
    assert.deepEqual([...had].sort(), [...all].sort());
    const sentence = protocol.slice(protocol.indexOf('In `errors`, `code` is'), protocol.indexOf('Plugins of other makes'));
    assert.deepEqual([...sentence.matchAll(/`([a-z_]+)`/g)].map((match) => match[1]).filter((name) => !['errors', 'code'].includes(name)).sort(), [...all].sort());
});

function* sources(folder) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory() && entry.name !== 'tests') yield* sources(path);
        else if (/\.[ch]pp$/.test(entry.name)) yield readFileSync(path, 'utf8');
    }
}

test('every code in the source is documented', () => {
    const forms = [/\berror\(\s*Errc::\w+,\s*"([a-z][a-z_]*)",/g, /\bproblem\(\d{3},\s*"([a-z_]+)"/g, /\{\s*\d{3},\s*"([a-z_]+)"/g, /\bnot_now\("([a-z_]+)"/g];
    const folders = ['kernel/consult', 'kernel/net', 'kernel/loader', 'plugins/rest-api', 'plugins/signaling', 'plugins/socketio', 'plugins/auth-jwt', 'plugins/storage-memory'];
    const found = new Set(folders.flatMap((folder) => [...sources(join(repository, folder))])
        .flatMap((text) => forms.flatMap((form) => [...text.matchAll(form)].map((match) => match[1]))));
    assert.ok(found.size > 60, `${found.size}`);
    const known = new Set([...ofRest, ...ofSocketIo].map(({ code }) => code));
    assert.deepEqual([...found].filter((code) => !known.has(code) && !(code in notOnTheWire)).sort(), []);
    assert.deepEqual(Object.keys(notOnTheWire).filter((code) => !found.has(code)), [], 'no reason is kept for what is gone');
});
