// Storage and authentication are swapped by YAML alone; and a store that fails stops nothing that can do without it.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import { mintJwt } from '../../e2e/lib/jwt.mjs';
import { shipped } from '../lib/config.mjs';
import { Daemon, exits, plugins, testPlugins } from '../lib/daemon.mjs';
import { Peer } from '../lib/peer.mjs';
import { TestVisit, call, draft, testToken } from '../lib/visit.mjs';
import { until } from '../lib/within.mjs';

/// The shipped file, in which nothing is changed but the two plugins, and a short deadline.
const swapped = ({ deadline = '500ms', more = '' } = {}) => shipped(
    ['plugin_path: ${env:TELEVISIT_PLUGIN_PATH:-}', `plugin_path: ${plugins}:${testPlugins}`],
    ['records: ${env:TELEVISIT_STORAGE:-sqlite}', 'records: memory'],
    ['    use: storage-memory\n', `    use: faulty-store\n    loop: true\n    deadline: ${deadline}\n${more}`],
    [/  - id: auth\n(?:    .*\n)+?(?=\n)/.exec(shipped())[0], '  - id: auth\n    use: test-authenticator\n'],
);

async function setMode(daemon, mode) {
    const answer = await daemon.admin(`/faulty/store?mode=${mode}`, { method: 'POST' });
    assert.equal(answer.status, 200);
    assert.equal((await answer.json()).mode, mode);
}

/// A problem document that tells nothing of what is behind the server.
function assertProblem(answer, statuses) {
    assert.ok(statuses.includes(answer.status), `${answer.status}: ${answer.text}`);
    assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
    assert.equal(answer.json.status, answer.status);
    assert.match(answer.json.code, /^[a-z][a-z_]+$/);
    assert.doesNotMatch(answer.text, /faulty|SELECT|internal\.|\.internal|exception|route to/i);
    if (answer.status === 503) assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/, 'Retry-After');
}

let daemon;
before(async () => { daemon = await Daemon.start({ config: swapped() }); });
after(() => daemon?.stop());
afterEach(() => daemon && setMode(daemon, 'ok'));

async function room() {
    const visit = await TestVisit.create(daemon);
    const doctor = await Peer.enter(daemon, await visit.doctor());
    const patient = await Peer.enter(daemon, await visit.patient());
    await doctor.next('user_joined');
    return { visit, doctor, patient };
}

describe('plugins swapped in the YAML file', () => {
    test('whom the other authenticator believes comes in, whom it does not believe stays out', async () => {
        const doctor = 'doctor-of-the-test';
        const path = '/api/video/sessions';
        const body = draft(doctor, 'patient-of-the-test');
        assert.equal((await call(daemon, 'POST', path, { token: daemon.secret(testToken(doctor, 'DOCTOR')), body })).status, 201);
        const jwt = daemon.secret(mintJwt(daemon.jwtSecret, { sub: doctor, role: 'DOCTOR' }));
        const refused = await call(daemon, 'POST', path, { token: jwt, body });
        assert.equal(refused.status, 401, refused.text);
        assertProblem(refused, [401]);
    });

    test('a visit works as with the plugins shipped: create, join, enter, chat, leave', async () => {
        const { visit, doctor, patient } = await room();
        await doctor.reaches(patient, daemon.secret('a word to the patient'));
        assert.equal((await visit.get()).json.status, 'ACTIVE');
        patient.emit('leave_room', { room_id: patient.roomId, user_id: patient.userId });
        assert.equal((await doctor.next('user_left')).user_id, patient.userId);
        doctor.destroy();
        patient.destroy();
    });
});

describe('a store that blocks', () => {
    test('REST answers 503 with Retry-After at the deadline, however many ask', async () => {
        const visit = await TestVisit.create(daemon);
        await setMode(daemon, 'block');
        const first = await visit.get();
        assertProblem(first, [503]);
        assert.equal(first.status, 503);
        // More than the store has workers: those that wait are answered as well.
        const answers = await Promise.all(Array.from({ length: 20 }, () => visit.get()));
        for (const answer of answers) assertProblem(answer, [503]);
        for (const [action, token] of [['join', visit.patientToken], ['end', visit.doctorToken]])
            assertProblem(await visit.post(action, token, {}), [503]);
        const created = await call(daemon, 'POST', '/api/video/sessions',
            { token: visit.doctorToken, body: draft(visit.doctorId, visit.patientId) });
        assertProblem(created, [503]);
        await setMode(daemon, 'ok');
        await until(async () => (await visit.get()).status === 200, 'the session after the store came back');
    });

    test('what needs no store is answered meanwhile', async () => {
        const visit = await TestVisit.create(daemon);
        await setMode(daemon, 'block');
        const waiting = visit.get();
        assert.equal((await daemon.get('/health/live')).status, 200);
        assert.equal((await daemon.admin('/metrics')).status, 200);
        assert.equal((await call(daemon, 'GET', visit.path(), { token: 'x'.repeat(40) })).status >= 400, true);
        assertProblem(await waiting, [503]);
    });

    test('those in a room go on signaling, leaving reaches the others, and the records follow when the store is back', async () => {
        const { visit, doctor, patient } = await room();
        await setMode(daemon, 'block');
        assertProblem(await visit.get(), [503]);
        await doctor.reaches(patient, daemon.secret('said while the store is blocked'));
        await patient.reaches(doctor, daemon.secret('answered while the store is blocked'));
        const offer = { type: 'offer', sdp: 'v=0\r\na=ice-ufrag:blocked\r\n' };
        assert.deepEqual(await doctor.ask('webrtc_offer', { room_id: doctor.roomId, offer }), { ok: true });
        assert.deepEqual((await patient.next('webrtc_offer')).offer, offer);
        patient.emit('leave_room', { room_id: patient.roomId, user_id: patient.userId });
        const left = await doctor.next('user_left');
        assert.equal(left.user_id, patient.userId);
        await setMode(daemon, 'ok');
        await until(async () => (await visit.get()).status === 200, 'the session after the store came back');
        const again = await Peer.enter(daemon, await until(async () => {
            const joined = await visit.post('join', visit.patientToken, {});
            return joined.status === 200 && joined.json;
        }, 'a join after the store came back'));
        daemon.secret(again.seat.attendee.access_token);
        assert.equal((await doctor.next('user_joined')).user_id, patient.userId);
        assert.equal(doctor.names.filter((name) => name === 'user_left').length, 1);
        await doctor.reaches(again, 'once more');
        for (const peer of [doctor, patient, again]) peer.destroy();
    });

    test('a new entry is refused as unavailable, and works when the store is back', async () => {
        const { visit, doctor, patient } = await room();
        const other = await TestVisit.create(daemon);
        const late = await Peer.connect(daemon, await other.patient());
        await setMode(daemon, 'block');
        const answer = await late.ask('join_room', late.entry());
        assert.equal(answer.ok, false, JSON.stringify(answer));
        assert.match(answer.code, /^(unavailable|timeout)$/);
        assert.doesNotMatch(answer.message, /faulty|store|internal/i);
        await doctor.reaches(patient, 'others go on');
        await setMode(daemon, 'ok');
        await until(async () => (await late.ask('join_room', late.entry())).ok, 'an entry after the store came back');
        for (const peer of [doctor, patient, late]) peer.destroy();
        assert.equal((await visit.get()).status, 200);
    });

    test('calls that came too late are counted by port, method and plugin', async () => {
        const visit = await TestVisit.create(daemon);
        const labels = { port: 'records', plugin: 'memory' };
        const before = await daemon.metric('televisit_port_errors_total', labels);
        await setMode(daemon, 'block');
        assertProblem(await visit.get(), [503]);
        assert.ok(await daemon.metric('televisit_port_errors_total', labels) > before);
    });
});

describe('a store that fails', () => {
    test('REST answers 503 with Retry-After and none of its words, and the next call works when it is back', async () => {
        const visit = await TestVisit.create(daemon);
        await setMode(daemon, 'fail');
        assertProblem(await visit.get(), [503]);
        assertProblem(await visit.post('join', visit.patientToken, {}), [503]);
        await setMode(daemon, 'ok');
        assert.equal((await visit.get()).status, 200);
    });

    test('rooms go on, and leaving reaches the others', async () => {
        const { doctor, patient } = await room();
        await setMode(daemon, 'fail');
        await doctor.reaches(patient, 'said while the store fails');
        patient.emit('leave_room', { room_id: patient.roomId, user_id: patient.userId });
        assert.equal((await doctor.next('user_left')).user_id, patient.userId);
        doctor.destroy();
        patient.destroy();
    });
});

describe('a store that throws', () => {
    test('REST answers a problem without any text of the exception, which is in the log by the plugin\'s name', async () => {
        const visit = await TestVisit.create(daemon);
        await setMode(daemon, 'throw');
        assertProblem(await visit.get(), [500, 503]);
        assertProblem(await visit.post('join', visit.patientToken, {}), [500, 503]);
        await daemon.logged((line) => JSON.stringify(line).includes('"memory"') && /threw/.test(line.event), 'the log of the exception');
        await setMode(daemon, 'ok');
        assert.equal((await visit.get()).status, 200);
    });

    test('rooms go on, and leaving reaches the others', async () => {
        const { doctor, patient } = await room();
        await setMode(daemon, 'throw');
        await doctor.reaches(patient, 'said while the store throws');
        patient.emit('leave_room', { room_id: patient.roomId, user_id: patient.userId });
        assert.equal((await doctor.next('user_left')).user_id, patient.userId);
        doctor.destroy();
        patient.destroy();
    });
});

describe('a store that is away when the server starts or stops', () => {
    test('a server whose store blocks from the start says so, and exits with a documented code', async () => {
        const config = swapped({ more: '    config: {mode: block}\n' }).replace('shutdown:\n', 'shutdown:\n  start_deadline: 1s\n');
        const result = await Daemon.run({ config });
        assert.equal(result.signal, null, result.output);
        assert.ok([exits.startFailed, exits.startHung].includes(result.code), `${result.code}: ${result.output}`);
        assert.match(result.output, /memory|records|presence/);
    });

    test('SIGTERM ends a server whose store is blocked with people in a room, by a documented code', async () => {
        const other = await Daemon.start({ config: swapped().replace('shutdown:\n', 'shutdown:\n  stop_deadline: 500ms\n')
            .replace('drain_deadline: 10s', 'drain_deadline: 500ms') });
        try {
            const visit = await TestVisit.create(other);
            await Peer.enter(other, await visit.doctor());
            await setMode(other, 'block');
            assertProblem(await call(other, 'GET', visit.path(), { token: visit.doctorToken }), [503]);
            other.signal('SIGTERM');
            await other.ended();
            assert.equal(other.exit.signal, null, other.output);
            assert.ok([exits.ok, exits.stopHung].includes(other.exit.code), `${other.exit.code}: ${other.output}`);
            if (other.exit.code === exits.stopHung) assert.match(other.output, /"memory"|memory/);
            other.assertDiscreet();
        } finally {
            await other.kill();
        }
    });
});
