// Servers side by side, and servers in each other's way.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { Visit } from '../../e2e/lib/visit.mjs';
import { shipped, small } from '../lib/config.mjs';
import { Daemon, exits, freePort } from '../lib/daemon.mjs';

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
