// Every code with which an event can be refused and a socket put out: seen by an official client as `error` and as an
// acknowledgement, and exactly those that docs/protocol.md lists.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Daemon, plugins, testPlugins } from '../../integration/lib/daemon.mjs';
import { shipped } from '../../integration/lib/config.mjs';
import { until } from '../../integration/lib/within.mjs';
import { Peer, pair } from '../lib/clients.mjs';
import { repository } from '../lib/server.mjs';
import { Visit, call } from '../lib/visit.mjs';

const seen = new Set();

/// Sends `event`, and is refused with `code`: in the acknowledgement, and in an `error` that says the same.
async function refused(peer, event, data, code) {
    peer.skip('error');
    const answer = await peer.ask(event, data);
    assert.deepEqual([answer.ok, answer.code], [false, code], `${event}: ${JSON.stringify(answer)}`);
    const error = await peer.next('error');
    assert.deepEqual(error, { message: answer.message, code, event });
    assert.ok(answer.message.length > 5);
    seen.add(code);
}

/// The socket is put out for good: an `error` that says why, then a DISCONNECT packet.
async function putOut(peer, code) {
    const error = await peer.next('error', (data) => data.code === code);
    assert.equal(typeof error.message, 'string');
    assert.equal(await peer.next('(disconnect)'), 'io server disconnect');
    seen.add(code);
}

const searched = ['plugin_path: ${env:TELEVISIT_PLUGIN_PATH:-}', `plugin_path: ${plugins}:${testPlugins}`];
const records = ['records: ${env:TELEVISIT_STORAGE:-sqlite}', 'records: memory'];
const faulty = ['    use: storage-memory\n', '    use: faulty-store\n    loop: true\n    threads: 8\n    deadline: 300ms\n'];
/// Starts a server from the shipped file with these edits, and ends it after what `use` does.
async function withServer(edits, use) {
    const daemon = await Daemon.start({ config: shipped(...edits) });
    try {
        await use(daemon);
        await daemon.stop();
    } finally {
        await daemon.kill();
    }
}

const api = (visit, method, path, body, token = visit.doctorJwt) => call(visit.server, method, `/api/video/sessions/${visit.id}${path}`,
    { token, body, headers: method === 'PATCH' ? { 'If-Match': '*' } : {} });
async function invite(visit, more = {}) {
    const { json } = await api(visit, 'POST', '/invitations', { role: 'GUEST', ...more });
    visit.server.secret(json.token);
    return json;
}
/// Somebody invited, who has joined but not entered.
async function guest(visit, more) {
    const { token, invitation_id: id } = await invite(visit, more);
    return { id, seat: await visit.seat(token) };
}

describe('a running server', () => {
    let server;
    before(async () => { server = await Daemon.start({ config: shipped(['  grace: ${env:TELEVISIT_GRACE:-15s}', '  grace: 1s']) }); });
    after(() => server?.stop());

    test('before a room: only a token that holds opens it, and only its own room', async () => {
        const visit = await Visit.create(server);
        const peer = await Peer.connect(server, await visit.doctor());
        const entry = peer.entry();
        for (const event of ['webrtc_offer', 'toggle_audio', 'send_message', 'leave_room', 'quality_report', 'make_coffee']) {
            await refused(peer, event, { room_id: peer.roomId }, 'not_in_room');
        }
        for (const token of [undefined, null, 7, '', 'x'.repeat(43), 'x'.repeat(5000), visit.session.doctor_token]) {
            await refused(peer, 'join_room', { ...entry, token }, 'invalid_token');
        }
        await refused(peer, 'join_room', { ...entry, room_id: 'another' }, 'wrong_room');
        for (const claim of [{ user_id: 'another' }, { role: 'PATIENT' }, { role: 'doctor' }]) await refused(peer, 'join_room', { ...entry, ...claim }, 'spoofed_sender');
        for (const data of [{ ...entry, room_id: undefined }, null, 'text', 7, [entry]]) await refused(peer, 'join_room', data, 'invalid');
        peer.close();
    });

    test('in a room: what may not be said, and to whom', async () => {
        const visit = await Visit.create(server, { max_participants: 3 });
        const { doctor, patient } = await pair(visit);
        const room_id = doctor.roomId;
        const events = {
            webrtc_offer: { offer: {} }, webrtc_answer: { answer: {} }, ice_candidate: { candidate: null }, toggle_audio: { enabled: true }, toggle_video: { enabled: true },
            screen_share: { enabled: true }, send_message: { message: 'x' }, quality_report: { samples: {} }, leave_room: {},
        };
        for (const [event, content] of Object.entries(events)) {
            await refused(doctor, event, { ...content, room_id: 'another' }, 'wrong_room');
            for (const claim of [{ user_id: patient.userId }, { from_peer_id: patient.peerId }, { role: 'PATIENT' }]) {
                await refused(doctor, event, { ...content, room_id, ...claim }, 'spoofed_sender');
            }
            for (const odd of [null, 'text', 7, []]) await refused(doctor, event, odd, 'invalid');
            if (event === 'leave_room') continue;
            await refused(doctor, event, { room_id }, 'invalid');
            const field = Object.keys(content)[0];
            if (field === 'enabled') await refused(doctor, event, { room_id, enabled: 'true' }, 'invalid');
            await refused(doctor, event, { room_id, ...content, more: Buffer.from('x') }, 'malformed');
        }
        await refused(doctor, 'make_coffee', { room_id }, 'unknown_event');
        await refused(doctor, 'join_room', { ...doctor.entry(), room_id: 'another' }, 'already_in_room');
        await refused(doctor, 'send_message', { room_id, message: server.secret('x'.repeat(4001)) }, 'message_too_long');
        await refused(doctor, 'send_message', { room_id, message: 'x', timestamp: {} }, 'invalid');
        await refused(doctor, 'quality_report', { room_id, samples: { x: 'y'.repeat(5000) } }, 'report_too_large');
        const third = await Peer.enter(server, (await guest(visit)).seat);
        for (const event of ['webrtc_offer', 'webrtc_answer', 'ice_candidate']) {
            await refused(doctor, event, { room_id, ...events[event], target_peer_id: 'nobody' }, 'unknown_target');
        }
        for (const event of ['webrtc_offer', 'webrtc_answer']) await refused(doctor, event, { room_id, ...events[event] }, 'unknown_target');
        for (const peer of [third, patient]) {
            assert.deepEqual(await peer.ask('leave_room', { room_id }), { ok: true });
            await doctor.next('user_left');
        }
        for (const event of ['webrtc_offer', 'webrtc_answer']) await refused(doctor, event, { room_id, ...events[event], target_peer_id: patient.peerId }, 'peer_absent');
        assert.deepEqual(await doctor.ask('ice_candidate', { room_id, candidate: null }), { ok: true });
        for (const peer of [doctor, patient, third]) peer.close();
    });

    test('the door closes between join and entering: full, revoked, too early, too late, over', async () => {
        const visit = await Visit.create(server, { max_participants: 3 });
        const [one, other] = [await guest(visit), await guest(visit)];
        const first = await Peer.connect(server, one.seat);
        await api(visit, 'PATCH', '', { max_participants: 2 });
        await refused(first, 'join_room', first.entry(), 'room_full');
        const later = new Date(Date.now() + 60 * 60_000).toISOString();
        assert.equal((await api(visit, 'PATCH', '', { scheduled_start_time: later, scheduled_end_time: later.replace(/^..../, '2999') })).status, 200);
        await refused(first, 'join_room', first.entry(), 'join_too_early');
        const revoked = await Peer.connect(server, other.seat);
        await api(visit, 'DELETE', `/invitations/${other.id}`);
        await refused(revoked, 'join_room', revoked.entry(), 'invitation_revoked');
        await api(visit, 'POST', '/cancel');
        await refused(first, 'join_room', first.entry(), 'session_over');
        for (const peer of [first, revoked]) peer.close();
    });

    test('too late: the window has closed, and nobody has marked the session yet', async () => {
        // The clock marks it within a second after that; should it do so at once, another session is tried.
        for (let tries = 0; !seen.has('join_too_late'); ++tries) {
            assert.ok(tries < 5, 'the session was over each time');
            const ends = Date.now() - 15 * 60_000 + 1500;
            const visit = await Visit.create(server, { max_participants: 3, scheduled_start_time: new Date(ends - 60_000).toISOString(), scheduled_end_time: new Date(ends).toISOString() });
            const peer = await Peer.connect(server, (await guest(visit)).seat);
            await api(visit, 'PATCH', '', { max_participants: 2 });
            const code = await until(async () => {
                const answer = await peer.ask('join_room', peer.entry());
                return answer.code !== 'room_full' && answer.code;
            }, 'the end of the window');
            if (code === 'join_too_late') {
                assert.equal((await peer.next('error', (data) => data.code === code)).event, 'join_room');
                seen.add(code);
            } else {
                assert.equal(code, 'session_over');
            }
            peer.close();
        }
    });

    test('whoever is put out hears why', async () => {
        const visit = await Visit.create(server, { max_participants: 4 });
        const { doctor, patient } = await pair(visit);
        const again = await Peer.connect(server, patient.seat);
        again.enter();
        await again.next('joined_room');
        await putOut(patient, 'replaced');
        const invited = await guest(visit);
        const third = await Peer.enter(server, invited.seat);
        assert.equal((await api(visit, 'DELETE', `/invitations/${invited.id}`)).status, 204);
        await putOut(third, 'revoked');
        assert.equal((await server.admin(`/admin/sessions/${visit.id}/attendees/${visit.patientId}`, { method: 'DELETE' })).status, 204);
        await putOut(again, 'kicked');
        await refused(await Peer.connect(server, again.seat), 'join_room', again.entry(), 'invalid_token');
        doctor.close();
    });
});

describe('a server that is tried', () => {
    test('whoever tries tokens is told to wait; one that this server has given out goes on', async () => {
        await withServer([], async (server) => {
            const visit = await Visit.create(server);
            const peer = await Peer.connect(server, await visit.doctor());
            for (let tries = 0; (await peer.ask('join_room', { ...peer.entry(), token: `guess-${tries}` })).code !== 'too_many_guesses'; ++tries) {
                assert.ok(tries < 200, 'nobody has stopped it');
            }
            await refused(peer, 'join_room', { ...peer.entry(), token: 'one more' }, 'too_many_guesses');
            assert.deepEqual(await peer.ask('join_room', peer.entry()), { ok: true });
            peer.close();
        });
    });
});

describe('a server that lacks something', () => {
    test('a store or another node is away, busy or out of its mind', async () => {
        await withServer([searched, records, faulty], async (server) => {
            const visit = await Visit.create(server);
            const peer = await Peer.connect(server, await visit.doctor());
            const set = async (mode) => assert.equal((await server.admin(`/faulty/store?mode=${mode}`, { method: 'POST' })).status, 200);
            for (const [mode, code] of [['fail', 'unavailable'], ['throw', 'internal'], ['conflict', 'busy'], ['unlinked', 'backplane_down'], ['block', 'timeout']]) {
                await set(mode);
                await refused(peer, 'join_room', peer.entry(), code);
                await set('ok');
            }
            await until(async () => (await peer.ask('join_room', peer.entry())).ok, 'an entry after the store came back');
            peer.close();
        });
    });

    /// A second room is one too many.
    async function secondRoom(edits, code) {
        await withServer(edits, async (server) => {
            const first = await Visit.create(server);
            const one = await Peer.enter(server, await first.doctor());
            const second = await Visit.create(server);
            const other = await Peer.connect(server, await second.doctor());
            await refused(other, 'join_room', other.entry(), code);
            await one.settled();
            for (const peer of [one, other]) peer.close();
        });
    }
    for (const [code, edit] of [
        ['too_many_events', ['per_second: ${env:TELEVISIT_EVENT_RATE:-1000}', 'per_second: 1\n        burst: 50']],
        ['too_many_packets', ['per_second: ${env:TELEVISIT_PACKET_RATE:-5000}', 'per_second: 1\n        burst: 50']],
    ]) {
        test(`who sends too much is put out: ${code}`, () => withServer([edit], async (server) => {
            const { doctor, patient, close } = await pair(await Visit.create(server));
            for (let i = 0; i < 100; ++i) doctor.emit('ice_candidate', { room_id: doctor.roomId, candidate: { candidate: `${i}` } });
            await putOut(doctor, code);
            await patient.settled();
            assert.ok(patient.all('ice_candidate').length < 50);
            assert.deepEqual(patient.all('error'), []);
            const told = code === 'too_many_events' ? ['televisit_signaling_errors_total', { code }] : ['televisit_engineio_closed_total', { cause: 'flood' }];
            assert.equal(await server.metric(...told), 1);
            close();
        }));
    }
    test('who is in no room answers for its address, too: too_many_events_from_address', () => withServer(
        [['        per_second: ${env:TELEVISIT_EVENT_RATE:-1000}\n', '        per_second: 200\n      unjoined: {events_per_address: {per_second: 1, burst: 30}}\n']],
        async (server) => {
            const { doctor, patient, close } = await pair(await Visit.create(server));
            const stranger = await Peer.connect(server, await (await Visit.create(server)).doctor());
            for (let i = 0; i < 5; ++i) stranger.emit('make_coffee', {});
            await putOut(stranger, 'too_many_events_from_address');
            await doctor.settled();
            await patient.settled();
            close();
        }));
    test('too many sockets are in no room: CONNECT_ERROR', async () => {
        for (const [limit, code] of [['max', 'too_many_unjoined'], ['per_address', 'too_many_unjoined_from_address']]) {
            await withServer([['        per_second: ${env:TELEVISIT_EVENT_RATE:-1000}\n', `        per_second: 200\n      unjoined: {${limit}: 1}\n`]], async (server) => {
                const visit = await Visit.create(server);
                const first = await Peer.connect(server, await visit.doctor());
                const seat = await visit.patient();
                const second = new Peer(server, seat);
                const failure = await second.next('(connect_error)');
                assert.equal(failure.data.code, code);
                assert.equal(await server.metric('televisit_signaling_errors_total', { code }), 1);
                first.enter();
                await first.next('joined_room');
                const third = await Peer.enter(server, seat);
                for (const peer of [first, second, third]) peer.close();
            });
        }
    });
    test('as many rooms are open as the server may have', () => secondRoom([['sessions:\n', 'rooms: {max: 1}\nsessions:\n']], 'too_many_rooms'));
    test('as many rooms are open as the store may have',
        () => secondRoom([['    use: storage-memory\n', '    use: storage-memory\n    config: {max_rooms: 1}\n']], 'store_full'));
});

test('docs/protocol.md lists these codes and no others', () => {
    const protocol = readFileSync(join(repository, 'docs/protocol.md'), 'utf8');
    const rows = protocol.slice(protocol.indexOf('| code | meaning |')).split('\n\n')[0].split('\n').slice(2);
    const listed = rows.flatMap((row) => [...row.split('|')[1].matchAll(/`([a-z_]+)`/g)].map((match) => match[1]));
    assert.deepEqual([...seen].sort(), listed.sort());
});
