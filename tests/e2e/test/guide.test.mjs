// The seed's guide, character for character, in two Chromium pages of another origin.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Browser, picture } from '../lib/browser.mjs';
import { verifyBlocks } from '../lib/guide.mjs';
import { Pages } from '../lib/pages.mjs';
import { assertSeedFields, serverEvents } from '../lib/seed.mjs';
import { Server } from '../lib/server.mjs';
import { Talk, count, received } from '../lib/talk.mjs';
import { Visit } from '../lib/visit.mjs';

let browser;
let pages;
let server;

before(async () => {
    pages = await Pages.start();
    [server, browser] = await Promise.all([Server.start({ origins: [pages.origin], grace: '1s' }), Browser.start()]);
    server.secret('Hello!');
});
after(async () => {
    await browser?.stop();
    await pages?.stop();
    await server?.stop();
});

const eventsOf = (page) => page.evaluate(() => guide.received.map((entry) => entry.event));
const pick = (object, ...names) => Object.fromEntries(names.map((name) => [name, object[name]]));

const call = (options) => Talk.begin({ server, pages, browser, ...options });

test('the blocks are the guide\'s, character for character', () => assert.equal(verifyBlocks(), 8));

describe('the guide\'s client, version 4.8', () => {
    for (const [name, transports] of [['websocket first, as printed', undefined], ['polling alone', ['polling']],
        ['polling that upgrades', ['polling', 'websocket']]]) {
        test(`holds a consultation over ${name}`, async () => {
            const talk = await call({ transports });
            const { visit, doctor, patient } = talk;
            const label = name.split(/[ ,]/)[0] + (name.includes('upgrades') ? '-upgraded' : '');

            const sid = (await received(doctor, 'connected')).sid;
            assert.equal(sid, await doctor.evaluate(() => guide.idAtConnected));
            assert.equal(await doctor.evaluate(() => guide.socket.io.engine.transport.name),
                name === 'polling alone' ? 'polling' : 'websocket');

            // The guide's controls: one toggle of each kind, one message.
            await doctor.evaluate(() => guide.controls());
            const me = await doctor.evaluate(() => guide.attendee);
            assert.deepEqual(pick(await received(patient, 'audio_toggled'), 'user_id', 'enabled'),
                { user_id: me.user_id, enabled: false });
            assert.deepEqual(pick(await received(patient, 'video_toggled'), 'user_id', 'enabled'),
                { user_id: me.user_id, enabled: false });
            const chat = await received(patient, 'chat_message');
            assert.equal(chat.user_id, me.user_id);
            assert.equal(chat.message, 'Hello!');
            assert.ok(Math.abs(Date.parse(chat.timestamp) - Date.now()) < 60_000, 'the sender\'s own timestamp');
            assert.equal((await received(doctor, 'chat_message')).message, 'Hello!', 'the sender sees the message too');
            await doctor.evaluate(() => guide.socket.emit('screen_share',
                { room_id: guide.room_id, user_id: guide.attendee.user_id, enabled: true }));
            assert.equal((await received(patient, 'screen_share_toggled')).enabled, true);
            await doctor.evaluate(() => guide.socket.emit('webrtc_offer', { room_id: 'somewhere else', offer: {} }));
            assert.equal(typeof (await received(doctor, 'error')).message, 'string');

            // The guide names "patient_peer_id" literally: it means the one other person.
            assert.equal((await received(patient, 'webrtc_offer')).from_peer_id, me.peer_id);
            await picture(doctor, `guide-doctor-${label}`);
            await picture(patient, `guide-patient-${label}`);

            await patient.evaluate(() => guide.socket.emit('leave_room',
                { room_id: guide.room_id, user_id: guide.attendee.user_id }));
            assert.equal((await received(doctor, 'user_left')).user_id, visit.patientId);

            for (const page of [doctor, patient]) assertSeedFields(await page.evaluate(() => guide.received));
            const heard = new Set([...await eventsOf(doctor), ...await eventsOf(patient)]);
            assert.deepEqual(Object.keys(serverEvents).filter((event) => !heard.has(event)), [], 'the whole table came');
            await talk.hangUp();
        });
    }

    test('tells the other side when a tab is killed', async () => {
        const { visit, doctor, patient } = await call();
        await patient.context().close();
        assert.equal((await received(doctor, 'user_interrupted')).user_id, visit.patientId);
        assert.equal((await received(doctor, 'user_left')).user_id, visit.patientId);
        assert.equal(await count(doctor, 'user_left'), 1);
        await doctor.context().close();
    });

    test('connects to signaling_server_url as it was printed', async () => {
        const visit = await Visit.create(server);
        const page = await browser.open(pages.guide(server, visit, visit.doctorJwt));
        await received(page, 'joined_room');
        const connected = await page.evaluate(() => new Promise((done, fail) => {
            const socket = window.io(guide.signaling_server_url, { transports: ['websocket', 'polling'], forceNew: true });
            socket.on('connected', (data) => done({ sid: data.sid, id: socket.id, nsp: socket.nsp }));
            socket.on('connect_error', (failure) => fail(failure));
        }));
        assert.equal(connected.sid, connected.id);
        assert.equal(connected.nsp, '/socket.io');
        await page.context().close();
    });
});

for (const version of ['4.6', '4.5', '4.0']) {
    test(`the guide's client, version ${version}, holds a consultation`, async () => {
        const talk = await call({ version });
        await talk.doctor.evaluate(() => guide.controls());
        assert.equal((await received(talk.patient, 'chat_message')).message, 'Hello!');
        for (const page of [talk.doctor, talk.patient]) assertSeedFields(await page.evaluate(() => guide.received));
        await talk.hangUp();
    });
}
