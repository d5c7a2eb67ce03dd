// The process: options, signals, files, exit codes.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { Visit } from '../../e2e/lib/visit.mjs';
import { shipped, small } from '../lib/config.mjs';
import { Daemon, exits, freePort } from '../lib/daemon.mjs';
import { NotifyListener } from '../lib/notify.mjs';
import { Peer } from '../lib/peer.mjs';
import { RawHttp } from '../lib/raw-http.mjs';
import { until } from '../lib/within.mjs';

const mode = (path) => (statSync(path).mode & 0o7777).toString(8);

/// Whether that process still runs; one that ended but has not been collected by its parent does not.
function runs(pid) {
    try {
        return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
        return false;
    }
}

describe('options', () => {
    test('--version prints the version and ends', async () => {
        const result = await Daemon.run({ args: ['--version'] });
        assert.equal(result.code, exits.ok, result.output);
        assert.match(result.output, /^televisitd \d+\.\d+\.\d+/);
        assert.deepEqual(readdirSync(tmpdir()).filter((name) => name === result.folder.split('/').at(-1)), []);
    });

    test('--help names every option and ends', async () => {
        const result = await Daemon.run({ args: ['--help'] });
        assert.equal(result.code, exits.ok, result.output);
        for (const option of ['--config', '--check', '--daemon', '--pidfile', '--version', '--help'])
            assert.ok(result.output.includes(option), `${option} in\n${result.output}`);
    });

    test('an unknown option ends with the code for bad usage, and says which', async () => {
        const result = await Daemon.run({ args: ['--tea'] });
        assert.deepEqual([result.code, result.signal], [exits.badUsage, null], result.output);
        assert.match(result.output, /tea/);
        assert.doesNotMatch(result.output, /terminate called/);
    });

    test('--check of the shipped file is content, opens nothing and says so', async () => {
        const daemon = await Daemon.launch({ config: shipped(), args: ['--check'] });
        try {
            await daemon.ended();
            assert.equal(daemon.exit.code, exits.ok, daemon.output);
            assert.ok(!existsSync(join(daemon.state, 'admin.sock')));
        } finally {
            await daemon.kill();
        }
    });

    test('TELEVISIT_CONFIG names the file when --config does not', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'televisit-config-'));
        try {
            const path = join(folder, 'mine.yaml');
            writeFileSync(path, 'srever: {}\n');
            const named = await Daemon.run({ args: ['--check'], env: { TELEVISIT_CONFIG: path } });
            assert.equal(named.code, exits.badConfig, named.output);
            assert.ok(named.output.includes(`${path}:1:1: srever: unknown key; did you mean 'server'?\n`), named.output);
            const both = await Daemon.run({ config: small(), args: ['--check'], env: { TELEVISIT_CONFIG: path } });
            assert.equal(both.code, exits.ok, both.output);
        } finally {
            rmSync(folder, { recursive: true, force: true });
        }
    });

    test('--check says nothing of secrets, not even when they are wrong', async () => {
        const secret = 'too-short-a-secret';
        const result = await Daemon.run({ config: shipped(), args: ['--check'], env: { TELEVISIT_JWT_SECRET: secret, TELEVISIT_SECRET: secret } });
        assert.equal(result.code, exits.badConfig, result.output);
        assert.ok(!result.output.includes(secret));
        assert.match(result.output, /security\.secret: the secret must have at least 32 characters/);
        assert.match(result.output, /plugins\[1\]\.config\.secret: the secret must have at least 32 characters/);
    });

    test('--daemon with --pidfile leaves a server behind that SIGTERM ends', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'televisit-pid-'));
        const pidfile = join(folder, 'pid');
        const log = join(folder, 'server.log');
        const daemon = await Daemon.launch({
            config: small({ log: { destination: log } }),
            args: ['--daemon', `--pidfile=${pidfile}`],
        });
        let pid;
        try {
            await daemon.ended();
            assert.equal(daemon.exit.code, exits.ok, daemon.output);
            await until(() => existsSync(pidfile) && readFileSync(pidfile, 'utf8').trim(), 'the pid file');
            pid = Number(readFileSync(pidfile, 'utf8'));
            assert.ok(pid > 1 && pid !== daemon.pid);
            await daemon.ready({ detached: true });
            const status = await (await daemon.admin('/admin/status')).json();
            assert.equal(status.pid, pid);
            process.kill(pid, 'SIGHUP');
            assert.equal((await daemon.get('/health/ready')).status, 200);
            process.kill(pid, 'SIGTERM');
            await until(() => !runs(pid), 'the end of the server');
            assert.ok(!existsSync(pidfile), 'the pid file is removed');
            pid = undefined;
        } finally {
            if (pid && runs(pid)) process.kill(pid, 'SIGKILL');
            await daemon.kill();
            rmSync(folder, { recursive: true, force: true });
        }
    });
});

describe('signals', () => {
    test('SIGTERM ends with 0 within the deadlines, whoever is connected', async () => {
        const daemon = await Daemon.start({ config: shipped(['drain_deadline: 10s', 'drain_deadline: 1s']) });
        const clients = [];
        try {
            const visit = await Visit.create(daemon);
            const peer = await Peer.enter(daemon, await visit.doctor());
            const idle = await RawHttp.open(daemon.port);
            idle.send('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
            await idle.answer();
            const half = await RawHttp.open(daemon.port);
            half.send('POST /api/video/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{');
            const silent = await RawHttp.open(daemon.port);
            clients.push(idle, half, silent);
            daemon.signal('SIGTERM');
            await peer.next('server_draining', (data) => data.reconnect_after_ms > 0);
            await peer.next('(close)');
            await Promise.all(clients.map((client) => client.end()));
            await daemon.stop();
        } finally {
            for (const client of clients) client.destroy();
            await daemon.kill();
        }
    });

    test('SIGINT ends with 0', async () => {
        const daemon = await Daemon.start({ config: small() });
        daemon.signal('SIGINT');
        await daemon.stop();
    });

    test('while drain_delay runs the server is not ready, and still serves', async () => {
        const daemon = await Daemon.start({ config: small({ shutdown: { drain_delay: '2s' } }) });
        try {
            daemon.signal('SIGTERM');
            await until(async () => (await daemon.get('/health/ready')).status === 503, 'a server that is not ready');
            assert.equal((await daemon.get('/health/live')).status, 200);
            await daemon.stop();
        } finally {
            await daemon.kill();
        }
    });

    test('SIGHUP never ends it, and reopens the log file', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'televisit-log-'));
        const log = join(folder, 'server.log');
        const daemon = await Daemon.start({ config: small({ log: { destination: log } }) });
        try {
            await daemon.get('/health/live?first');
            await until(() => readFileSync(log, 'utf8').includes('/health/live'), 'a line in the log');
            renameSync(log, `${log}.1`);
            for (let i = 0; i < 5; ++i) daemon.signal('SIGHUP');
            // The file is opened with the next line after the signal.
            await until(async () => {
                await daemon.get('/health/live');
                return existsSync(log);
            }, 'the new log file');
            await daemon.get('/nowhere');
            await until(() => readFileSync(log, 'utf8').includes('/nowhere'), 'a line in the new log');
            assert.ok(!readFileSync(`${log}.1`, 'utf8').includes('/nowhere'));
            assert.equal((await daemon.get('/health/ready')).status, 200);
            await daemon.stop();
        } finally {
            await daemon.kill();
            rmSync(folder, { recursive: true, force: true });
        }
    });

    test('SIGHUP during the start does not end it', async () => {
        const daemon = await Daemon.launch({ config: small() });
        try {
            await daemon.when(() => daemon.output.length > 0, 'its first words');
            for (let i = 0; i < 20; ++i) daemon.signal('SIGHUP');
            await daemon.ready();
            await daemon.stop();
        } finally {
            await daemon.kill();
        }
    });

    test('SIGPIPE of a client that has gone does not end it', async () => {
        const daemon = await Daemon.start({ config: small() });
        daemon.signal('SIGPIPE');
        assert.equal((await daemon.get('/health/ready')).status, 200);
        await daemon.stop();
    });

    test('SIGTERM during a start that takes long ends the start', async () => {
        const daemon = await Daemon.launch({ config: small({ plugins: [{ id: 'slow', use: 'hangs-in-start' }], shutdown: { start_deadline: '2s' } }) });
        try {
            await until(() => existsSync(join(daemon.state, 'admin.sock')), 'the admin socket');
            daemon.signal('SIGTERM');
            await daemon.ended();
            assert.equal(daemon.exit.signal, null, daemon.output);
            assert.ok([exits.ok, exits.startHung, exits.stopHung].includes(daemon.exit.code), `${daemon.exit.code}: ${daemon.output}`);
        } finally {
            await daemon.kill();
        }
    });
});

describe('a service manager', () => {
    test('hears READY=1 when the server is ready and not before, and STOPPING=1 when it stops', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'televisit-notify-'));
        const path = join(folder, 'notify.sock');
        const listener = await NotifyListener.start(path);
        const daemon = await Daemon.launch({ config: small(), env: { NOTIFY_SOCKET: path } });
        try {
            await listener.heard((line) => line.split(' ').includes('READY=1'));
            // At once: nothing is waited for after the notification.
            assert.equal((await daemon.admin('/health/ready')).status, 200);
            assert.ok(!listener.lines.some((line) => line.includes('STOPPING=1')));
            daemon.signal('SIGTERM');
            await listener.heard((line) => line.split(' ').includes('STOPPING=1'));
            await daemon.stop();
        } finally {
            listener.stop();
            await daemon.kill();
            rmSync(folder, { recursive: true, force: true });
        }
    });

    test('hears no READY=1 of a server that cannot start', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'televisit-notify-'));
        const path = join(folder, 'notify.sock');
        const listener = await NotifyListener.start(path);
        try {
            const result = await Daemon.run({ config: small({ plugins: [{ id: 'odd', use: 'throws-in-start' }] }), env: { NOTIFY_SOCKET: path } });
            assert.equal(result.code, exits.startFailed, result.output);
            assert.ok(!listener.lines.some((line) => line.includes('READY=1')), listener.lines.join());
        } finally {
            listener.stop();
            rmSync(folder, { recursive: true, force: true });
        }
    });

    test('is told that the server is alive, when it asked for that', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'televisit-notify-'));
        const path = join(folder, 'notify.sock');
        const listener = await NotifyListener.start(path);
        const daemon = await Daemon.launch({ config: small(), env: { NOTIFY_SOCKET: path, WATCHDOG_USEC: '400000' } });
        try {
            await listener.heard((line) => line.split(' ').includes('WATCHDOG=1'));
            await daemon.ready();
            await daemon.stop();
        } finally {
            listener.stop();
            await daemon.kill();
            rmSync(folder, { recursive: true, force: true });
        }
    });
});

describe('several servers', () => {
    test('two run side by side, and know nothing of each other', async () => {
        const one = await Daemon.start({ config: shipped() });
        const two = await Daemon.start({ config: shipped() });
        try {
            const visit = await Visit.create(one);
            const { doctorJwt } = visit;
            two.secret(doctorJwt);
            const path = `/api/video/sessions/${visit.id}`;
            assert.equal((await fetch(one.url + path, { headers: { Authorization: `Bearer ${doctorJwt}` } })).status, 200);
            assert.equal((await fetch(two.url + path, { headers: { Authorization: `Bearer ${doctorJwt}` } })).status, 401);
            assert.notEqual(one.read('state/secret'), two.read('state/secret'));
            await one.stop();
            assert.equal((await two.get('/health/ready')).status, 200);
        } finally {
            await one.kill();
            await two.stop();
        }
    });

    test('a public port that is in use is named, and the process exits', async () => {
        const first = await Daemon.start({ config: small() });
        try {
            const second = await Daemon.run({ config: small(), env: { TELEVISIT_PORT: String(first.port) } });
            assert.equal(second.code, exits.startFailed, second.output);
            assert.match(second.output, new RegExp(`127\\.0\\.0\\.1:${first.port}\\b`));
            assert.match(second.output, /in use/i);
            assert.equal((await first.get('/health/ready')).status, 200);
        } finally {
            await first.stop();
        }
    });

    test('an admin port that is in use is named, and the process exits', async () => {
        const adminPort = await freePort();
        const first = await Daemon.start({ config: small(), adminPort });
        try {
            const second = await Daemon.run({ config: small(), adminPort });
            assert.equal(second.code, exits.startFailed, second.output);
            assert.match(second.output, new RegExp(`127\\.0\\.0\\.1:${adminPort}\\b`));
            assert.match(second.output, /in use/i);
        } finally {
            await first.stop();
        }
    });

    test('a state folder that another server uses is refused, and that server keeps its socket', async () => {
        const first = await Daemon.start({ config: small() });
        try {
            const second = await Daemon.run({ config: small(), state: first.state });
            assert.equal(second.code, exits.startFailed, second.output);
            assert.match(second.output, /admin\.sock/);
            assert.equal((await first.admin('/health/live')).status, 200);
        } finally {
            await first.stop();
        }
    });

    test('a server starts where one was killed', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'televisit-killed-'));
        const state = join(folder, 'state');
        const first = await Daemon.start({ config: small(), state });
        try {
            first.signal('SIGKILL');
            await first.ended();
            const second = await Daemon.start({ config: small(), state });
            assert.equal((await second.admin('/health/live')).status, 200);
            await second.stop();
        } finally {
            await first.kill();
            rmSync(folder, { recursive: true, force: true });
        }
    });
});

describe('secrets', () => {
    test('they are made once, for the server\'s user alone, and never printed', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'televisit-secrets-'));
        const state = join(folder, 'state');
        const env = { TELEVISIT_JWT_SECRET: '', TELEVISIT_LOG_LEVEL: 'debug' };
        try {
            const first = await Daemon.start({ config: shipped(), env, state });
            assert.equal(mode(state), '700');
            assert.equal(mode(join(state, 'admin.sock')), '600');
            const made = Object.fromEntries(['secret', 'jwt_secret'].map((name) => {
                const path = join(state, name);
                assert.equal(mode(path), '600', name);
                const text = readFileSync(path, 'utf8').trim();
                assert.ok(text.length >= 32, name);
                return [name, text];
            }));
            assert.notEqual(made.secret, made.jwt_secret);
            for (const text of Object.values(made)) first.secret(text);
            first.jwtSecret = made.jwt_secret;
            await Visit.create(first);
            await first.stop();
            const second = await Daemon.start({ config: shipped(), env, state });
            for (const [name, text] of Object.entries(made)) {
                assert.equal(readFileSync(join(state, name), 'utf8').trim(), text, `${name} stays`);
                second.secret(text);
            }
            await second.stop();
        } finally {
            rmSync(folder, { recursive: true, force: true });
        }
    });

    test('a state folder that cannot be made is named', async () => {
        const result = await Daemon.run({ config: small(), state: '/proc/nowhere' });
        assert.ok([exits.startFailed, exits.badConfig].includes(result.code), `${result.code}: ${result.output}`);
        assert.match(result.output, /\/proc\/nowhere/);
    });

    test('tokens, chat and media descriptions of a whole visit are in no log line, at any level', async () => {
        const daemon = await Daemon.start({ config: shipped(), env: { TELEVISIT_LOG_LEVEL: 'debug' } });
        const visit = await Visit.create(daemon);
        const doctor = await Peer.enter(daemon, await visit.doctor());
        const patient = await Peer.enter(daemon, await visit.patient());
        await doctor.reaches(patient, daemon.secret('a very private complaint'));
        const sdp = 'v=0\r\na=ice-ufrag:secretive\r\n';
        daemon.secret('secretive');
        assert.deepEqual(await doctor.ask('webrtc_offer', { room_id: doctor.roomId, offer: { type: 'offer', sdp } }), { ok: true });
        await patient.next('webrtc_offer');
        await doctor.ask('ice_candidate', { room_id: doctor.roomId, candidate: { candidate: 'candidate:1 1 udp 1 192.0.2.77 9 typ host' } });
        daemon.secret('192.0.2.77');
        // What is refused must not be logged either.
        await doctor.ask('join_room', { ...doctor.entry(), token: daemon.secret('a-token-that-is-not-right-at-all') });
        await doctor.ask('send_message', { room_id: doctor.roomId, message: daemon.secret('m'.repeat(20_000)) });
        await fetch(`${daemon.url}/health/live?token=${daemon.secret('in-the-query-string')}`,
            { headers: { Authorization: `Bearer ${daemon.secret('in.the.header')}` } });
        await fetch(`${daemon.url}/api/video/sessions/${visit.id}`, { headers: { Authorization: `Bearer ${daemon.secret('also.in.the-header')}` } });
        await daemon.logged((line) => JSON.stringify(line).includes('/health/live'), 'the request in the log');
        doctor.destroy();
        patient.destroy();
        await daemon.stop();
    });
});
