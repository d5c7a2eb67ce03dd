// What is refused: a stated error for its sender, nothing for anybody else.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Peer, pair } from '../lib/clients.mjs';
import { RawSocket } from '../lib/raw.mjs';
import { Server } from '../lib/server.mjs';
import { Visit } from '../lib/visit.mjs';

let server;
let bystanders;

before(async () => {
    server = await Server.start({ grace: '1s' });
    bystanders = await pair(await Visit.create(server), { transport: 'websocket' }, { transport: 'polling' });
});
after(async () => {
    bystanders?.close();
    await server?.stop();
});

const kOffer = { type: 'offer', sdp: 'v=0\r\n' };

/// Resolves when all that `sender` has sent before has reached `receiver`.
async function reaches(sender, receiver) {
    receiver.skip('audio_toggled');
    await sender.settled();
    await receiver.next('audio_toggled');
}

/// A message goes from one bystander to the other, and they have heard of nothing else.
async function othersUntouched() {
    const { doctor, patient } = bystanders;
    await reaches(doctor, patient);
    await reaches(patient, doctor);
    const heard = new Set([...doctor.received, ...patient.received].map(({ event }) => event));
    assert.deepEqual([...heard].sort(), ['audio_toggled', 'connected', 'joined_room', 'user_joined']);
}

/// The refusal is acknowledged and told as `error`, and `witness` hears nothing of it.
async function assertRefused(peer, event, data, { code, witness, seated = true } = {}) {
    const known = witness?.received.length;
    const answer = await peer.ask(event, data);
    assert.equal(answer.ok, false, `${event} ${JSON.stringify(data)}`);
    assert.equal(typeof answer.message, 'string');
    if (code) assert.equal(answer.code, code);
    else assert.match(answer.code, /^[a-z][a-z_]+$/);
    const error = await peer.next('error');
    assert.deepEqual([error.code, error.event, error.message], [answer.code, event, answer.message]);
    if (witness) {
        if (seated) await reaches(peer, witness);
        else await witness.settled();
        const news = witness.received.slice(known).filter((entry) => entry.event !== 'audio_toggled');
        assert.deepEqual(news, [], 'nothing was relayed');
    }
}

describe('claims that are not one\'s own', () => {
    const events = {
        webrtc_offer: { offer: kOffer }, webrtc_answer: { answer: kOffer }, ice_candidate: { candidate: { candidate: '' } },
        toggle_audio: { enabled: false }, toggle_video: { enabled: false }, screen_share: { enabled: true },
        send_message: { message: 'a forged message', timestamp: '2026-01-25T10:00:00Z' },
    };
    let room;
    before(async () => {
        server.secret('a forged message');
        room = await pair(await Visit.create(server));
    });
    after(() => room?.close());

    for (const [event, content] of Object.entries(events)) {
        test(`${event} with another's from_peer_id, user_id or role is refused`, async () => {
            const { doctor, patient } = room;
            const base = { room_id: doctor.roomId, ...content };
            for (const claim of [{ from_peer_id: patient.peerId }, { user_id: patient.userId }, { role: 'PATIENT' },
                { from_peer_id: 'nobody' }, { from_peer_id: 7 }]) {
                await assertRefused(doctor, event, { ...base, ...claim }, { witness: patient });
            }
        });

        test(`${event} into another room is refused`, async () => {
            const { doctor, patient } = room;
            await assertRefused(doctor, event, { ...content, room_id: bystanders.doctor.roomId }, { witness: patient });
            await othersUntouched();
        });

        test(`${event} passes when it claims nothing`, async () => {
            const { doctor, patient } = room;
            assert.deepEqual(await doctor.ask(event, { ...content, room_id: null, from_peer_id: null, user_id: null }), { ok: true });
            await reaches(doctor, patient);
        });
    }

    test('a target in another room is never reached', async () => {
        const { doctor, patient } = room;
        patient.skip('webrtc_offer');
        const target = bystanders.patient.peerId;
        assert.deepEqual(await doctor.ask('webrtc_offer', { room_id: doctor.roomId, target_peer_id: target, offer: kOffer }), { ok: true });
        await patient.next('webrtc_offer');  // the one other person is meant
        await othersUntouched();
        const visit = await Visit.create(server);
        const alone = await Peer.enter(server, await visit.doctor());
        await assertRefused(alone, 'webrtc_offer', { room_id: alone.roomId, target_peer_id: target, offer: kOffer }, { code: 'peer_absent' });
        await othersUntouched();
        alone.close();
    });

    test('leave_room in another\'s name is refused, and nobody leaves', async () => {
        const { doctor, patient } = room;
        await assertRefused(doctor, 'leave_room', { room_id: doctor.roomId, user_id: patient.userId }, { witness: patient });
        await doctor.settled();
    });
});

describe('the door of the room', () => {
    const others = [
        ['webrtc_offer', { offer: kOffer }], ['webrtc_answer', { answer: kOffer }], ['ice_candidate', { candidate: null }],
        ['toggle_audio', { enabled: true }], ['toggle_video', { enabled: true }], ['screen_share', { enabled: true }],
        ['send_message', { message: 'too soon', timestamp: '2026-01-25T10:00:00Z' }], ['leave_room', {}],
    ];
    test('nothing but join_room is accepted before it', async () => {
        const visit = await Visit.create(server);
        const doctor = await Peer.enter(server, await visit.doctor());
        const early = await Peer.connect(server, await visit.patient());
        for (const [event, content] of others) {
            await assertRefused(early, event, { room_id: early.roomId, user_id: early.userId, ...content }, { code: 'not_in_room', witness: doctor, seated: false });
        }
        early.enter();
        await early.next('joined_room');
        await doctor.next('user_joined');
        early.emit('leave_room', { room_id: early.roomId, user_id: early.userId });
        await doctor.next('user_left');
        await assertRefused(early, 'webrtc_offer', { room_id: early.roomId, offer: kOffer }, { code: 'not_in_room', witness: doctor, seated: false });
        early.close();
        doctor.close();
    });

    test('a token opens its own room alone, and only for its own person', async () => {
        const visit = await Visit.create(server);
        const doctor = await Peer.enter(server, await visit.doctor());
        const seat = await visit.patient();
        const stranger = await Peer.connect(server, seat);
        const entry = stranger.entry();
        const known = doctor.received.length;
        for (const change of [
            { token: bystanders.patient.seat.attendee.access_token },
            { room_id: bystanders.doctor.roomId },
            { room_id: 'no-such-room' },
            { token: 'x'.repeat(43) },
            { token: visit.session.patient_token },
            { token: '' }, { token: null }, { token: 7 }, { token: { length: 3 } }, { room_id: null }, { room_id: {} },
            { user_id: visit.doctorId }, { role: 'DOCTOR' }, { user_id: 5 },
            { token: 'x'.repeat(100_000) },
        ]) await assertRefused(stranger, 'join_room', { ...entry, ...change });
        for (const odd of [null, 'text', 5, [], [entry]]) await assertRefused(stranger, 'join_room', odd);
        await othersUntouched();
        await doctor.settled();
        assert.equal(doctor.received.length, known, 'nobody heard of the attempts');
        stranger.enter();
        await stranger.next('joined_room');
        stranger.close();
        doctor.close();
    });

    test('an older token enters no new stay', async () => {
        const visit = await Visit.create(server);
        const old = await visit.patient();
        const fresh = await visit.patient();
        const late = await Peer.connect(server, old);
        await assertRefused(late, 'join_room', late.entry());
        late.close();
        const peer = await Peer.enter(server, fresh);
        peer.close();
    });
});

describe('content that cannot be', () => {
    let room;
    before(async () => { room = await pair(await Visit.create(server)); });
    after(() => room?.close());

    test('an event that is not known is refused', async () => {
        await assertRefused(room.doctor, 'make_coffee', { room_id: room.doctor.roomId }, { witness: room.patient });
    });

    test('a toggle takes true and false alone', async () => {
        const { doctor, patient } = room;
        for (const enabled of ['true', 1, null, undefined, {}, []]) {
            await assertRefused(doctor, 'toggle_video', { room_id: doctor.roomId, enabled }, { witness: patient });
        }
    });

    test('a message is text of a bounded length', async () => {
        const { doctor, patient } = room;
        const long = server.secret('x'.repeat(100_000));
        for (const message of [long, 5, null, undefined, { text: 'a' }]) {
            await assertRefused(doctor, 'send_message', { room_id: doctor.roomId, message, timestamp: '2026-01-25T10:00:00Z' },
                { witness: patient });
        }
    });

    test('an offer without an offer is refused', async () => {
        const { doctor, patient } = room;
        for (const event of ['webrtc_offer', 'webrtc_answer', 'ice_candidate']) {
            await assertRefused(doctor, event, { room_id: doctor.roomId }, { witness: patient });
        }
        for (const odd of [null, 'text', 7, []]) await assertRefused(doctor, 'webrtc_offer', odd, { witness: patient });
    });

    test('an event without any argument is refused', async () => {
        const { doctor } = room;
        doctor.socket.emit('webrtc_offer');
        assert.equal((await doctor.next('error')).event, 'webrtc_offer');
        await doctor.settled();
    });
});

describe('packets that cannot be read', () => {
    const deep = '['.repeat(5000) + ']'.repeat(5000);
    const packets = {
        'JSON that ends early': '42["toggle_audio",{"enabled":',
        'JSON with a trailing comma': '42["toggle_audio",{"enabled":true,}]',
        'JSON with something after it': '42["toggle_audio",{"enabled":true}]x',
        'an event that is no array': '42{"toggle_audio":true}',
        'an event without a name': '42[]',
        'an event whose name is no text or number': '42[{"a":1}]',
        'a reserved name': '42["connect_error",{}]',
        'JSON nested too deep': `42["webrtc_offer",{"offer":${deep}}]`,
        'an unknown Socket.IO type': '49["toggle_audio",{}]',
        'an unknown Engine.IO type': '9',
        'an empty packet': '4',
        'a number of attachments without a dash': '451["webrtc_offer",{}]',
        'text where an attachment was announced': ['451-["webrtc_offer",{"offer":{"_placeholder":true,"num":0}}]', '42["toggle_audio",{}]'],
        'a placeholder beyond the attachments': ['451-["webrtc_offer",{"offer":{"_placeholder":true,"num":1}}]', Buffer.from([1])],
        'more attachments than stock clients take': `4511-["webrtc_offer",{"offer":[${Array.from({ length: 11 }, (_, num) => `{"_placeholder":true,"num":${num}}`)}]}]`,
        'attachments that nothing asked for': Buffer.from([1, 2, 3]),
        'an acknowledgement with odd content': '431{"a":1}',
        'a binary frame where text belongs': Buffer.from('42["toggle_audio",{}]'),
        'a connection to / once more, with odd content': '40[1,2]',
    };
    for (const [name, frames] of Object.entries(packets)) {
        test(`${name}: the sender is closed, others go on`, async () => {
            const visit = await Visit.create(server);
            const doctor = await Peer.enter(server, await visit.doctor());
            const bad = await RawSocket.connect(server);
            await bad.enter(await visit.patient());
            await doctor.next('user_joined');
            for (const frame of [frames].flat()) bad.send(frame);
            await bad.ended();
            await doctor.next('user_interrupted');
            await doctor.settled();
            const news = doctor.received.map(({ event }) => event)
                .filter((event) => !['connected', 'joined_room', 'user_joined', 'user_interrupted'].includes(event));
            assert.deepEqual(news, [], 'nothing was relayed');
            await othersUntouched();
            doctor.close();
        });
    }

    test('text that is not UTF-8 closes the WebSocket with 1007', async () => {
        const bad = await RawSocket.connect(server);
        bad.sendBytes([0x81, 0x84, 0, 0, 0, 0, 0x34, 0x32, 0xc3, 0x28]);
        assert.equal(await bad.ended(), 1007);
        await othersUntouched();
    });

    test('a message above maxPayload closes the WebSocket with 1009', async () => {
        const bad = await RawSocket.connect(server);
        bad.send(`42["webrtc_offer",{"offer":"${'x'.repeat(1_000_001)}"}]`);
        assert.equal(await bad.ended(), 1009);
        await othersUntouched();
    });

    test('a poll above maxPayload is answered with 413', async () => {
        const url = `${server.url}/socket.io/?EIO=4&transport=polling`;
        const opened = JSON.parse((await (await fetch(url)).text()).slice(1));
        assert.equal(opened.maxPayload, 1_000_000);
        const answer = await fetch(`${url}&sid=${opened.sid}`, { method: 'POST', body: `4${'x'.repeat(1_000_001)}` });
        assert.equal(answer.status, 413);
        await othersUntouched();
    });
});
