// Signals, and what a service manager hears.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { Visit } from '../../e2e/lib/visit.mjs';
import { shipped, small } from '../lib/config.mjs';
import { Daemon, exits } from '../lib/daemon.mjs';
import { NotifyListener } from '../lib/notify.mjs';
import { Peer } from '../lib/peer.mjs';
import { RawHttp } from '../lib/raw-http.mjs';
import { until } from '../lib/within.mjs';

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
