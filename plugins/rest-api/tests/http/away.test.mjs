// What is answered when something that the server needs is away, busy or full, or when it starts or stops: the statuses
// 500 and 503, and 403 and 409 of admission policies.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import { shipped, small } from '../../../../tests/integration/lib/config.mjs';
import { Daemon, plugins, testPlugins } from '../../../../tests/integration/lib/daemon.mjs';
import { RawHttp } from '../../../../tests/integration/lib/raw-http.mjs';
import { until } from '../../../../tests/integration/lib/within.mjs';
import { ask, names } from './operations.mjs';
import { Person, assertProblem, call, contract, draft, kSessions, pair } from './people.mjs';

const searched = ['plugin_path: ${env:TELEVISIT_PLUGIN_PATH:-}', `plugin_path: ${plugins}:${testPlugins}`];
const records = ['records: ${env:TELEVISIT_STORAGE:-sqlite}', 'records: memory'];
const memory = (text) => ['    use: storage-memory\n', `    use: ${text}\n`];

/// Starts a server from the shipped file with these edits, and ends it after what `use` does.
async function withServer(edits, use, options = {}) {
    const daemon = await Daemon.start({ config: shipped(...edits), ...options });
    try {
        await use(daemon);
    } finally {
        await daemon.kill();
    }
}

/// An answer of a raw socket or of the admin listener, held against the document.
function check(method, path, answer) {
    const text = answer.body ?? '';
    contract.check(method, path, { ...answer, text, json: answer.json, headers: new Headers(answer.headers) });
}

function assertAway(answer, status, code) {
    assertProblem(answer, status, code);
    assert.doesNotMatch(answer.text, /faulty|SELECT|\.internal|exception|register/i);
    if (status === 503) assert.match(answer.headers.get('retry-after'), /^[1-9]\d*$/);
}

describe('a store', () => {
    let daemon, visit;
    before(async () => {
        daemon = await Daemon.start({ config: shipped(searched, records, memory('faulty-store\n    loop: true\n    threads: 8\n    deadline: 300ms')) });
        visit = await pair(daemon, { max_participants: 3 });
        visit.invitation = (await ask(visit, 'create_invitation', visit.doctor.token)).json.invitation_id;
        await ask(visit, 'join_session', visit.doctor.token);
    });
    after(() => daemon?.stop());
    const set = async (mode) => assert.equal((await daemon.admin(`/faulty/store?mode=${mode}`, { method: 'POST' })).status, 200);
    afterEach(() => set('ok'));

    const everyCall = () => Promise.all(names.map(async (name) => {
        // Who the caller is costs no look into the store, so that it is the call itself that fails.
        const answer = await ask(visit, name, visit.doctor.token);
        return [name, answer];
    }));

    for (const [mode, status, code] of [['fail', 503, 'unavailable'], ['throw', 500, 'internal'], ['block', 503, 'timeout']]) {
        test(`that is in mode "${mode}": each call answers ${status} ${code}`, async () => {
            await set(mode);
            const codes = new Set();
            for (const [name, answer] of await everyCall()) {
                // Whoever has waited in vain for one of the store's workers was not in its hands at all.
                const without = mode === 'block' && answer.json.code === 'unavailable';
                assertAway(answer, status, without ? 'unavailable' : code);
                assert.ok(answer.json.detail, name);
                codes.add(answer.json.code);
            }
            assert.ok(codes.has(code), [...codes].join());
            await set('ok');
            await until(async () => (await ask(visit, 'get_session', visit.doctor.token)).status === 200, 'the session after the store came back');
        });
    }

    test('whose records others always change first: what writes answers 503 busy', async () => {
        await set('conflict');
        for (const name of ['create_session', 'join_session', 'end_session', 'cancel_session']) {
            assertAway(await ask(visit, name, visit.doctor.token), 503, 'busy');
        }
        for (const name of ['get_session', 'list_sessions', 'list_attendees']) assert.equal((await ask(visit, name, visit.doctor.token)).status, 200);
        assertProblem(await ask(visit, 'reschedule_session', visit.doctor.token), 412, 'stale_version');
    });

    test('that has erased what an Idempotency-Key stands for: 409', async () => {
        const headers = { 'Idempotency-Key': 'erased since' };
        const body = draft(visit.doctor, visit.patient);
        const create = () => ask(visit, 'create_session', visit.doctor.token, { body, headers });
        const created = { server: daemon, path: `/${(await create()).json.session_id}` };
        assert.equal((await ask(created, 'cancel_session', visit.doctor.token)).status, 200);
        assert.equal((await daemon.admin(`/admin/sessions${created.path}`, { method: 'DELETE' })).status, 204);
        assertProblem(await create(), 409, 'session_erased');
        assertProblem(await ask(created, 'get_session', visit.doctor.token), 404, 'session_not_found');
    });

    test('that is full: creating one more answers 503', async () => {
        await withServer([records, memory('storage-memory\n    config: {max_sessions: 1}')], async (full) => {
            const only = await pair(full);
            assertAway(await ask(only, 'create_session', only.doctor.token), 503, 'store_full');
            assert.equal((await ask(only, 'get_session', only.doctor.token)).status, 200);
        });
    });
});

describe('an admission policy', () => {
    const withPolicy = (use) => withServer([searched, ['roles:\n', 'roles:\n  admission: judge\n'],
        ['plugins:\n', 'plugins:\n  - id: judge\n    use: judges-admission\n']], use);

    test('refuses, makes wait, is away, and lets in', async () => {
        await withPolicy(async (daemon) => {
            const join = async (id) => {
                const doctor = new Person(daemon, 'DOCTOR');
                const patient = new Person(daemon, 'PATIENT', `${id}-1`);
                const created = await doctor.ask('POST', '', draft(doctor, patient));
                for (const token of [created.json.doctor_token, created.json.patient_token]) daemon.secret(token);
                return ask({ server: daemon, path: `/${created.json.session_id}` }, 'join_session', patient.token);
            };
            assert.equal((await join('welcome')).status, 200);
            assertProblem(await join('refused'), 403, 'not_admitted');
            const waits = await join('waits');
            assertProblem(waits, 409, 'please_wait');
            assert.match(waits.headers.get('retry-after'), /^[1-9]\d*$/);
            const told = await join('is-told-to-wait');
            assert.equal(assertProblem(told, 409, 'triage_first').detail, 'A nurse will call you first.');
            assert.equal(told.headers.get('retry-after'), '90');
            assertAway(await join('unknown'), 503, 'admission_unavailable');
        });
    });
});

describe('the login', () => {
    test('whose keys cannot be had: 503 with the time to come back', async () => {
        const keys = '      algorithm: RS256\n      jwks_url: http://127.0.0.1:9/keys\n';
        await withServer([['      secret: ${env:TELEVISIT_JWT_SECRET:-${state:jwt_secret}}\n', keys]], async (daemon) => {
            const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
            const token = `${part({ alg: 'RS256', kid: 'k' })}.${part({ sub: 'd', role: 'DOCTOR', exp: 4e9 })}.AAAA`;
            assertAway(await call(daemon, 'GET', kSessions, { token }), 503, 'keys_unavailable');
        });
    });
});

describe('the server', () => {
    const get = (path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

    test('with as many connections as it may have: 503', async () => {
        await withServer([['  host: ${env:TELEVISIT_HOST:-0.0.0.0}\n', '  host: 127.0.0.1\n  limits: {connections: 2}\n']], async (daemon) => {
            const held = [];
            let refused;
            // `fetch` may still hold connections of its own, so the number is not ours to know.
            for (let i = 0; i < 10 && !refused; ++i) {
                const raw = await RawHttp.open(daemon.port);
                raw.send(get('/health/live'));
                const answer = await raw.answer();
                if (answer.status === 503) refused = answer;
                held.push(raw);
            }
            assert.equal(refused.json.code, 'too_many_connections');
            assert.match(refused.headers['retry-after'], /^[1-9]\d*$/);
            check('GET', kSessions, refused);
            for (const raw of held) raw.destroy();
        });
    });

    for (const [limit, code] of [
        ['connections_per_address: 2', 'too_many_connections_from_address'],
        ['new_connections_per_address: {per_second: 1, burst: 3}', 'too_many_new_connections'],
        ['requests_per_address: {per_second: 1, burst: 3}', 'too_many_requests'],
    ]) {
        test(`with more from one address than there may be: 429 ${code}`, async () => {
            await withServer([['  host: ${env:TELEVISIT_HOST:-0.0.0.0}\n', `  host: 127.0.0.1\n  limits: {${limit}}\n`]], async (daemon) => {
                const held = [];
                let refused;
                for (let i = 0; i < 10 && !refused; ++i) {
                    const raw = await RawHttp.open(daemon.port);
                    raw.send(get(kSessions));
                    const answer = await raw.answer();
                    if (answer.status === 429) refused = answer;
                    held.push(raw);
                }
                assert.equal(refused.json.code, code);
                assert.match(refused.headers['retry-after'], /^[1-9]\d*$/);
                check('GET', kSessions, refused);
                assert.ok(await daemon.metric('televisit_net_refused_total') >= 1);
                for (const raw of held) raw.destroy();
            });
        });
    }

    for (const [limit, status, code] of [
        ['max_sessions_per_loop', 503, 'full'],
        ['max_unconnected', 503, 'too_many_unconnected'],
        ['max_unconnected_per_address', 429, 'too_many_unconnected_from_address'],
    ]) {
        test(`with as many Socket.IO clients as it may have: ${status} ${code}`, async () => {
            const rate = '        per_second: ${env:TELEVISIT_PACKET_RATE:-5000}\n';
            await withServer([[rate, `${rate}      ${limit}: 1\n`], ['  loops: ${env:TELEVISIT_LOOPS:-0}', '  loops: 1']], async (daemon) => {
                const upgrade = 'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
                    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
                const [first, second] = [await RawHttp.open(daemon.port), await RawHttp.open(daemon.port)];
                first.send(upgrade);
                assert.equal((await first.answer()).status, 101);
                second.send(upgrade);
                const answer = await second.answer();
                assert.deepEqual([answer.status, answer.json.code], [status, code]);
                check('GET', '/socket.io/', answer);
                assert.equal(await daemon.metric('televisit_engineio_refused_total'), 1);
                for (const raw of [first, second]) raw.destroy();
            });
        });
    }

    test('that waits in vain for the rest of a request: 408', async () => {
        await withServer([['  host: ${env:TELEVISIT_HOST:-0.0.0.0}\n', '  host: 127.0.0.1\n  limits: {read_deadline: 200ms}\n']], async (daemon) => {
            for (const begun of ['GET /health', 'POST /api/video/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{']) {
                const raw = await RawHttp.open(daemon.port);
                raw.send(begun);
                const answer = await raw.answer();
                assert.deepEqual([answer.status, answer.json.code], [408, 'request_timeout']);
                check('POST', kSessions, answer);
                await raw.end();
            }
        });
    });

    test('that is about to stop is not ready, and says when to ask again', async () => {
        await withServer([['  drain_delay: 0s', '  drain_delay: 1m']], async (daemon) => {
            daemon.signal('SIGTERM');
            await until(async () => (await call(daemon, 'GET', '/health/ready')).status === 503, 'a server that is not ready');
            for (const [path, status, word] of [['', 503, 'not_ready'], ['/ready', 503, 'not_ready'], ['/live', 200, 'live'], ['/startup', 200, 'started']]) {
                const answer = await call(daemon, 'GET', `/health${path}`);
                assert.deepEqual([answer.status, answer.json.status], [status, word]);
                if (status === 503) assert.match(answer.headers.get('retry-after'), /^[1-9]\d*$/);
            }
        });
    });

    test('that starts is live, and neither started nor ready', async () => {
        const daemon = await Daemon.launch({ config: small({ plugins: [{ id: 'slow', use: 'hangs-in-start' }], shutdown: { start_deadline: '30s' } }) });
        try {
            const asked = async (path) => {
                const answer = await daemon.admin(path).catch(() => undefined);
                const text = await answer?.text();
                return answer && { status: answer.status, headers: answer.headers, body: text, json: text && JSON.parse(text) };
            };
            await until(async () => (await asked('/health/startup'))?.status === 503, 'the health documents of a server that starts');
            for (const [path, status, word] of [['', 503, 'starting'], ['/ready', 503, 'starting'], ['/live', 200, 'live'], ['/startup', 503, 'starting']]) {
                const answer = await asked(`/health${path}`);
                assert.deepEqual([answer.status, answer.json.status], [status, word]);
                check('GET', `/health${path}`, answer);
                if (status === 503) assert.match(answer.headers.get('retry-after'), /^[1-9]\d*$/);
            }
        } finally {
            await daemon.kill();
        }
    });

    test('that stops answers what is still under way with 503', async () => {
        const edits = [searched, records, memory('faulty-store\n    loop: true\n    deadline: 1m'), ['  drain_deadline: 10s', '  drain_deadline: 500ms'],
            ['    use: rest-api\n', '    use: rest-api\n    deadline: 1m\n']];
        await withServer(edits, async (daemon) => {
            const visit = await pair(daemon);
            assert.equal((await daemon.admin('/faulty/store?mode=block', { method: 'POST' })).status, 200);
            const waiting = ask(visit, 'get_session', visit.doctor.token);
            await until(async () => (await (await daemon.admin('/faulty/store')).json()).waiting > 0, 'the request in the store');
            daemon.signal('SIGTERM');
            assertAway(await waiting, 503, 'draining');
        });
    });
});
