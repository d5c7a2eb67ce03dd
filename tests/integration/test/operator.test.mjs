// What an operator does with televisitctl on a running server.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { join } from 'node:path';

import { shipped } from '../lib/config.mjs';
import { build, Daemon, environment, freePort } from '../lib/daemon.mjs';
import { Peer } from '../lib/peer.mjs';
import { call, Visit } from '../../e2e/lib/visit.mjs';

/// Runs the control tool against that server to its end.
function ctl(daemon, ...words) {
    return new Promise((done, fail) => {
        const child = spawn(join(build, 'bin/televisitctl'), [...words, '--config', daemon.file],
            { env: environment({ TELEVISIT_STATE_DIR: daemon.state, TELEVISIT_JWT_SECRET: daemon.jwtSecret }) });
        const output = { out: '', error: '' };
        child.stdout.setEncoding('utf8').on('data', (text) => { output.out += text; });
        child.stderr.setEncoding('utf8').on('data', (text) => { output.error += text; });
        child.once('error', fail);
        child.once('close', (status) => done({ status, ...output }));
    });
}

async function pair(daemon) {
    const visit = await Visit.create(daemon);
    const doctor = await Peer.enter(daemon, await visit.doctor());
    const patient = await Peer.enter(daemon, await visit.patient());
    return { visit, doctor, patient };
}

describe('televisitctl on visits', () => {
    let daemon;
    before(async () => { daemon = await Daemon.start({ config: shipped() }); });
    after(() => daemon?.stop());

    test('room list and room show tell who is in which room', async () => {
        const { visit, doctor, patient } = await pair(daemon);
        const list = await ctl(daemon, 'room', 'list');
        assert.equal(list.status, 0, list.error);
        assert.match(list.out, /^ROOM +SESSION +PEOPLE +HERE\n/);
        assert.match(list.out, new RegExp(`${doctor.roomId} +${visit.id} +2 +2\n`));
        const show = await ctl(daemon, 'room', 'show', doctor.roomId, '--json');
        assert.deepEqual(JSON.parse(show.out).people.map(({ user_id, role, state }) => [user_id, role, state]).sort(),
            [[visit.doctorId, 'DOCTOR', 'joined'], [visit.patientId, 'PATIENT', 'joined']].sort());
        const nobody = await ctl(daemon, 'room', 'show', 'no-such-room');
        assert.equal(nobody.status, 1);
        assert.match(nobody.error, /404/);
        doctor.destroy();
        patient.destroy();
    });

    test('attendee kick puts somebody out for good, unless they join anew', async () => {
        const { visit, doctor, patient } = await pair(daemon);
        assert.equal((await ctl(daemon, 'attendee', 'kick', visit.id, visit.patientId)).status, 0);
        const left = await doctor.next('user_left');
        assert.deepEqual([left.user_id, left.reason], [visit.patientId, 'kicked']);
        await patient.next('(disconnect)');
        const again = await visit.patient();
        await Peer.enter(daemon, again).then((peer) => peer.destroy());
        assert.equal((await doctor.next('user_joined', ({ user_id }) => user_id === visit.patientId)).user_id, visit.patientId);
        assert.match((await ctl(daemon, 'attendee', 'kick', visit.id, 'nobody')).error, /404/);
        doctor.destroy();
    });

    test('session list filters, session show tells who took part, session end ends it', async () => {
        const { visit, doctor, patient } = await pair(daemon);
        const list = await ctl(daemon, 'session', 'list', '--doctor', visit.doctorId, '--status', 'ACTIVE');
        assert.deepEqual(list.out.trim().split('\n').slice(1).map((line) => line.split(/ +/)[0]), [visit.id]);
        const ended = await ctl(daemon, 'session', 'end', visit.id, '--json');
        assert.equal(JSON.parse(ended.out).status, 'COMPLETED');
        for (const peer of [doctor, patient]) assert.equal((await peer.next('session_ended')).session_id, visit.id);
        const show = await ctl(daemon, 'session', 'show', visit.id);
        assert.match(show.out, /status +COMPLETED/);
        assert.match(show.out, new RegExp(`${visit.patientId} +PATIENT +\\d{4}-`));
    });

    test('session list pages through more than one request', async () => {
        const { id, session, doctorId, doctorJwt } = await Visit.create(daemon);
        const { patient_id, scheduled_start_time, scheduled_end_time } = session;
        const made = [id];
        while (made.length < 105) {
            const body = { doctor_id: doctorId, patient_id, scheduled_start_time, scheduled_end_time };
            made.push((await call(daemon, 'POST', '/api/video/sessions', { token: doctorJwt, body })).json.session_id);
        }
        const listed = async (...more) => (await ctl(daemon, 'session', 'list', '--doctor', doctorId, ...more)).out
            .trim().split('\n').slice(1).map((line) => line.split(/ +/)[0]);
        assert.deepEqual(await listed('--limit', '1000'), [...made].reverse());
        assert.equal((await listed('--limit', '101')).length, 101);
        assert.equal((await listed()).length, 20);
    });

    test('session erase removes a visit that is over, and only such a one', async () => {
        const { visit, doctor } = await pair(daemon);
        const early = await ctl(daemon, 'session', 'erase', visit.id);
        assert.equal(early.status, 1);
        assert.match(early.error, /409 not_over/);
        await ctl(daemon, 'session', 'end', visit.id);
        await doctor.next('session_ended');
        assert.equal((await ctl(daemon, 'session', 'erase', visit.id)).status, 0);
        assert.equal((await call(daemon, 'GET', `/api/video/sessions/${visit.id}`, { token: visit.doctorJwt })).status, 404);
    });

    test('wrong words are told apart from refusals', async () => {
        assert.equal((await ctl(daemon, 'room', 'show')).status, 64);
        assert.equal((await ctl(daemon, 'session', 'list', '--limit', '0')).status, 64);
        assert.match((await ctl(daemon, 'session', 'list', '--status', 'LOST')).error, /422 invalid_parameter/);
        assert.equal((await ctl(daemon, 'drain', '--deadline', 'soon')).status, 64);
    });
});

test('what tells of people or changes visits answers on the admin socket alone', async () => {
    const adminPort = await freePort();
    const daemon = await Daemon.start({ config: shipped(), adminPort });
    try {
        for (const path of ['/admin/rooms', '/admin/sessions', '/admin/drain']) {
            assert.equal((await daemon.admin(path)).status, 200);
            const refused = await fetch(`http://127.0.0.1:${adminPort}${path}`);
            assert.deepEqual([refused.status, (await refused.json()).code], [403, 'admin_socket_only']);
            assert.equal((await daemon.get(path)).status, 404);
        }
    } finally {
        await daemon.stop();
    }
});

describe('drain', () => {
    test('clients are told when to come back, may stay, and are cut at the deadline', async () => {
        const daemon = await Daemon.start({ config: shipped() });
        try {
            const { doctor, patient } = await pair(daemon);
            assert.equal((await ctl(daemon, 'drain', '--deadline', '1h', '--reconnect-after', '7s', '--no-wait')).status, 0);
            for (const peer of [doctor, patient]) assert.equal((await peer.next('server_draining')).reconnect_after_ms, 7000);
            assert.equal((await daemon.admin('/health/ready')).status, 503);
            await doctor.reaches(patient, daemon.secret('still here'));
            assert.match((await ctl(daemon, 'drain')).error, /409 already_draining/);
            assert.equal((await (await daemon.admin('/admin/drain')).json()).state, 'announced');
        } finally {
            await daemon.stop();  // does not wait for the hour
        }
        assert.deepEqual(daemon.exit, { code: 0, signal: null });
    });

    test('it is over when the last client has left, and the server stands empty until it is stopped', async () => {
        const daemon = await Daemon.start({ config: shipped() });
        try {
            const { doctor, patient } = await pair(daemon);
            const draining = ctl(daemon, 'drain', '--deadline', '1h');
            for (const peer of [doctor, patient]) await peer.next('server_draining');
            doctor.destroy();
            patient.destroy();
            const drained = await draining;
            assert.equal(drained.status, 0, drained.error);
            assert.equal((await (await daemon.admin('/admin/drain')).json()).state, 'drained');
            await assert.rejects(daemon.get('/health'));
            assert.equal((await daemon.admin('/health/live')).status, 200);
        } finally {
            await daemon.stop();
        }
    });

    test('at the deadline connections end without a farewell, so that clients come back by themselves', async () => {
        const daemon = await Daemon.start({ config: shipped() });
        try {
            const { doctor } = await pair(daemon);
            assert.equal((await ctl(daemon, 'drain', '--deadline', '0s')).status, 0);
            await doctor.next('(close)');
            assert.deepEqual(doctor.names.slice(-2), ['server_draining', '(close)']);
        } finally {
            await daemon.stop();
        }
    });
});
