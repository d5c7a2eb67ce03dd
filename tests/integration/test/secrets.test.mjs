// Secrets: made once, kept, and never told.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { Visit } from '../../e2e/lib/visit.mjs';
import { shipped, small } from '../lib/config.mjs';
import { Daemon, exits } from '../lib/daemon.mjs';
import { Peer } from '../lib/peer.mjs';

const mode = (path) => (statSync(path).mode & 0o7777).toString(8);

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
