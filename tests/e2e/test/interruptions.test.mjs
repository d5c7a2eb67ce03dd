// What happens to a running call of the guide's client when a page is reloaded, a connection is cut, or a tab dies.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Browser, picture, until } from '../lib/browser.mjs';
import { Line } from '../lib/line.mjs';
import { assertUndisturbed, flows, media, moving, watch } from '../lib/media.mjs';
import { Pages } from '../lib/pages.mjs';
import { assertSeedFields } from '../lib/seed.mjs';
import { Server } from '../lib/server.mjs';
import { Talk, count, heard, mark, received } from '../lib/talk.mjs';
import { Visit } from '../lib/visit.mjs';
import { intrudingScript } from '../lib/watch.mjs';

const kCutSeconds = 5;
const kShortGrace = 2000;
// Everything but the others' controls and messages: who comes and goes, what would negotiate, what is refused.
const kPeopleAndFaults = /^(user_|webrtc_|error)/;
// What Chromium says of a connection that the test cut.
const kCutFaults = /net::ERR_(CONNECTION|SOCKET|EMPTY)_|Connection closed before receiving a handshake response/;
let browser;
let pages;
let server;
let strict;

before(async () => {
    pages = await Pages.start();
    [server, strict, browser] = await Promise.all([Server.start({ origins: [pages.origin] }),
        Server.start({ origins: [pages.origin], grace: `${kShortGrace}ms` }), Browser.start()]);
    for (const each of [server, strict]) each.secret('Hello!');
});
after(async () => {
    await browser?.stop();
    await pages?.stop();
    await server?.stop();
    await strict?.stop();
});

const begin = (options) => Talk.begin({ server, pages, browser, ...options });
const says = (page, text) => until(page, (wanted) => document.getElementById('status').textContent === wanted, text);
const other = (who) => (who === 'doctor' ? 'patient' : 'doctor');

/// The guide's controls on one page are heard on the other, and its message on both.
async function controlsReach(from, to) {
    const marks = [await mark(from), await mark(to)];
    await from.evaluate(() => guide.controls());
    const sender = await from.evaluate(() => guide.attendee.user_id);
    for (const event of ['audio_toggled', 'video_toggled']) {
        const { user_id: user, enabled } = await received(to, event, marks[1]);
        assert.deepEqual([user, enabled], [sender, false]);
    }
    for (const [page, at] of [[from, marks[0]], [to, marks[1]]]) {
        const { user_id: user, message } = await received(page, 'chat_message', at);
        assert.deepEqual([user, message], [sender, 'Hello!']);
    }
}

describe('a reloaded page', { concurrency: 2 }, () => {
    for (const [version, who] of [['4.8', 'patient'], ['4.8', 'doctor'], ['4.0', 'patient'], ['4.0', 'doctor']]) {
        test(`of the ${who} is a new stay of the same peer, and the call is up again, twice in a row, version ${version}`, async () => {
            const talk = await begin({ version });
            const [reloaded, staying] = [talk[who], talk[other(who)]];
            const peerId = await reloaded.evaluate(() => guide.attendee.peer_id);
            for (const round of [1, 2]) {
                const [from, old] = [await mark(staying), (await media(staying)).ssrc];
                await reloaded.reload();
                const joined = await received(reloaded, 'joined_room');
                assert.deepEqual([joined.peer_id, joined.participants_count], [peerId, 2]);
                const back = await received(staying, 'user_joined', from);
                const left = await received(staying, 'user_left', from);
                assert.deepEqual([left.peer_id, left.reason, back.peer_id], [peerId, 'rejoined', peerId]);

                await talk.negotiate();
                await Promise.all([moving(staying, { old }), moving(reloaded)]);
                for (const page of talk.both) {
                    assert.equal(await page.evaluate(() => guide.peerConnection.connectionState), 'connected');
                }
                // The loss of the old page's connection may have been seen before the new page joined.
                assert.deepEqual(await heard(staying, /^user_(?!interrupted)/, from), ['user_left', 'user_joined']);
                await controlsReach(reloaded, staying);
                await controlsReach(staying, reloaded);
                await picture(staying, `reload-${round}-${who}-${version}-other-side`);
                await picture(reloaded, `reload-${round}-${who}-${version}`);
            }
            for (const page of talk.both) {
                assertSeedFields(await page.evaluate(() => guide.received));
                assert.equal(await count(page, 'error'), 0);
            }
            await talk.hangUp();
        });
    }
});

describe('a connection cut for five seconds', { concurrency: 2 }, () => {
    for (const [version, who, transports] of [['4.5', 'patient'], ['4.0', 'doctor'], ['4.5', 'doctor', ['polling']],
        ['4.0', 'patient', ['polling']]]) {
        const over = transports ? ' over polling' : '';
        const label = `cut-${who}-${version}${over.replaceAll(' ', '-')}`;
        test(`of the ${who} is interrupted and resumed while the call goes on, version ${version}${over}, ` +
            'when the client sends join_room again on the new connection', async () => {
            const line = await Line.start(server);
            try {
                const talk = await begin({ version, transports, rejoin: true, through: { [who]: line } });
                const [cut, staying] = [talk[who], talk[other(who)]];
                await Promise.all(talk.both.map((page) => watch(page)));
                const marks = [await mark(cut), await mark(staying)];
                const peerId = await cut.evaluate(() => guide.attendee.peer_id);

                line.cut();
                assert.equal((await received(staying, 'user_interrupted', marks[1])).peer_id, peerId);
                await until(cut, () => !guide.socket.connected);
                await Promise.all(talk.both.map((page) => flows(page, kCutSeconds)));
                assert.equal(await cut.evaluate(() => guide.socket.connected), false, 'the line was cut all the time');
                assert.deepEqual(await heard(staying, /^user_/, marks[1]), ['user_interrupted']);
                await picture(staying, `${label}-other-side`);
                await picture(cut, label);
                line.mend();

                assert.equal((await received(staying, 'user_resumed', marks[1])).peer_id, peerId);
                const joined = await received(cut, 'joined_room', marks[0]);
                assert.deepEqual([joined.peer_id, joined.participants_count], [peerId, 2]);
                await controlsReach(cut, staying);
                await controlsReach(staying, cut);
                await Promise.all(talk.both.map((page) => flows(page, 1)));
                await Promise.all(talk.both.map((page) => assertUndisturbed(page)));
                assert.deepEqual(await heard(staying, kPeopleAndFaults, marks[1]), ['user_interrupted', 'user_resumed']);
                assert.deepEqual(await heard(cut, kPeopleAndFaults, marks[0]), []);
                await picture(cut, `${label}-resumed`);
                await talk.hangUp(kCutFaults);
            } finally {
                await line.stop();
            }
        });
    }
});

describe('the guide\'s client as it is printed, cut for five seconds', { concurrency: 2 }, () => {
    for (const [version, who, transports] of [['4.8', 'patient'], ['4.6', 'doctor'], ['4.8', 'doctor', ['polling']],
        ['4.6', 'patient', ['polling']]]) {
        const over = transports ? ' over polling' : '';
        test(`has the ${who}'s seat back by itself, and both hear what was typed meanwhile, version ${version}${over}`, async () => {
            const line = await Line.start(server);
            try {
                const talk = await begin({ version, transports, through: { [who]: line } });
                const [cut, staying] = [talk[who], talk[other(who)]];
                await Promise.all(talk.both.map((page) => watch(page)));
                const marks = [await mark(cut), await mark(staying)];
                const [peerId, sid] = await cut.evaluate(() => [guide.attendee.peer_id, guide.socket.id]);

                line.cut();
                assert.equal((await received(staying, 'user_interrupted', marks[1])).peer_id, peerId);
                await until(cut, () => !guide.socket.connected);
                await Promise.all(talk.both.map((page) => page.evaluate(() => guide.controls())));
                await Promise.all(talk.both.map((page) => flows(page, kCutSeconds)));
                assert.equal(await cut.evaluate(() => guide.socket.connected), false, 'the line was cut all the time');
                line.mend();

                assert.equal((await received(staying, 'user_resumed', marks[1])).peer_id, peerId);
                await until(cut, () => guide.socket.connected);
                assert.deepEqual(await cut.evaluate(() => [guide.socket.recovered, guide.socket.id]), [true, sid]);
                for (const [page, at] of [[cut, marks[0]], [staying, marks[1]]]) {
                    await until(page, (from) => guide.received.slice(from).filter(({ event }) => event === 'chat_message').length === 2, at);
                    assert.deepEqual(await heard(page, /_toggled$/, at), ['audio_toggled', 'video_toggled']);
                }
                await controlsReach(cut, staying);
                await controlsReach(staying, cut);
                await Promise.all(talk.both.map((page) => flows(page, 1)));
                await Promise.all(talk.both.map((page) => assertUndisturbed(page)));
                assert.deepEqual(await heard(staying, kPeopleAndFaults, marks[1]), ['user_interrupted', 'user_resumed']);
                assert.deepEqual(await heard(cut, /^(user_|webrtc_|error|connected|joined_room)/, marks[0]), []);
                await talk.hangUp(kCutFaults);
            } finally {
                await line.stop();
            }
        });
    }
});

test('the room page keeps its call through a connection cut for five seconds, and says so', async () => {
    const line = await Line.start(server);
    try {
        const visit = await Visit.create(server);
        const open = (token, port) => browser.open(`http://localhost:${port}/room.html?session=${visit.id}#${token}`,
            { script: intrudingScript });
        const doctor = await open(visit.session.doctor_token, server.port);
        await says(doctor, 'You are in the room. Waiting for the others…');
        const patient = await open(visit.session.patient_token, line.port);
        const both = [doctor, patient];
        await Promise.all(both.map((page) => moving(page)));
        await Promise.all(both.map((page) => says(page, 'Connected.')));
        await Promise.all(both.map((page) => watch(page)));

        line.cut();
        await says(patient, 'The connection was lost. Connecting again…');
        await says(doctor, 'Patient: connection interrupted');
        await Promise.all(both.map((page) => flows(page, kCutSeconds)));
        await picture(doctor, 'cut-room-doctor');
        await picture(patient, 'cut-room-patient');
        line.mend();

        await Promise.all(both.map((page) => says(page, 'Connected.')));
        for (const [from, to] of [both, [patient, doctor]]) {
            const text = server.secret(`Can you hear me? ${visit.id} ${from === doctor}`);
            await from.fill('#chat-text', text);
            await from.press('#chat-text', 'Enter');
            await until(to, (wanted) => document.querySelector('#messages li:last-child')?.textContent.endsWith(wanted), text);
            await from.click('#microphone');
            await until(to, () => document.querySelector('#others .note').textContent === 'muted');
            await from.click('#microphone');
        }
        await Promise.all(both.map((page) => flows(page, 1)));
        for (const page of both) {
            await assertUndisturbed(page);
            assert.equal(await page.evaluate(() => guide.made), 1);
        }
        await picture(patient, 'cut-room-patient-resumed');
        for (const page of both) {
            assert.deepEqual(page.faults.filter((fault) => !kCutFaults.test(fault)), []);
            await page.context().close();
        }
    } finally {
        await line.stop();
    }
});

describe('a connection that is lost', { concurrency: 2 }, () => {
    test('without the server noticing is taken over by the next one, and the others hear nothing', async () => {
        const line = await Line.start(server);
        try {
            const talk = await begin({ version: '4.5', rejoin: true, through: { patient: line } });
            await Promise.all(talk.both.map((page) => watch(page)));
            const marks = [await mark(talk.patient), await mark(talk.doctor)];
            line.cutUnseen();
            // The browser sees an end; on a real network its own heartbeat would tell it.
            await until(talk.patient, () => !guide.socket.connected);
            line.mend();
            await received(talk.patient, 'joined_room', marks[0]);
            await controlsReach(talk.doctor, talk.patient);
            await controlsReach(talk.patient, talk.doctor);
            await Promise.all(talk.both.map((page) => assertUndisturbed(page)));
            assert.deepEqual(await heard(talk.doctor, kPeopleAndFaults, marks[1]), []);
            assert.deepEqual(await heard(talk.patient, kPeopleAndFaults, marks[0]), []);
            await talk.hangUp(kCutFaults);
        } finally {
            await line.stop();
        }
    });

    test('by a client before 4.6 that does not join again, as the guide prints it, is user_left when the grace ends; the call goes on',
        async () => {
            const line = await Line.start(strict);
            try {
                const talk = await begin({ server: strict, version: '4.0', through: { patient: line } });
                await Promise.all(talk.both.map((page) => watch(page)));
                const marks = [await mark(talk.patient), await mark(talk.doctor)];
                line.cut();
                await received(talk.doctor, 'user_interrupted', marks[1]);
                line.mend();
                await received(talk.patient, 'connected', marks[0]);
                assert.equal((await received(talk.doctor, 'user_left', marks[1])).reason, 'grace_ended');
                await talk.patient.evaluate(() => guide.socket.emit('send_message',
                    { room_id: guide.room_id, user_id: guide.attendee.user_id, message: 'Hello!', timestamp: '' }));
                assert.equal((await received(talk.patient, 'error', marks[0])).code, 'not_in_room');
                await Promise.all(talk.both.map((page) => flows(page, 1)));
                await Promise.all(talk.both.map((page) => assertUndisturbed(page)));
                assert.deepEqual(await heard(talk.doctor, kPeopleAndFaults, marks[1]), ['user_interrupted', 'user_left']);
                await talk.hangUp(kCutFaults);
            } finally {
                await line.stop();
            }
        });
});

describe('a tab that dies', { concurrency: 2 }, () => {
    for (const [kind, what, who] of [['renderer', 'its process is killed', 'patient'], ['browser', 'the browser is killed', 'doctor']]) {
        test(`because ${what} is interrupted, and user_left when the grace ends: the ${who}'s`, async () => {
            const doomed = await Browser.start();
            try {
                const talk = await begin({ server: strict, [`${who}Browser`]: doomed });
                const staying = talk[other(who)];
                const peerId = await talk[who].evaluate(() => guide.attendee.peer_id);
                const from = await mark(staying);
                assert.ok(await doomed.kill(kind) > 0);

                const interrupted = await received(staying, 'user_interrupted', from);
                assert.deepEqual([interrupted.peer_id, interrupted.grace_ms], [peerId, kShortGrace]);
                const left = await received(staying, 'user_left', from);
                assert.deepEqual([left.peer_id, left.reason], [peerId, 'grace_ended']);
                await picture(staying, `killed-${kind}-other-side`);

                // The seat is free for the same person, who opens the page again.
                const back = await browser.open(pages.guide(strict, talk.visit, talk.visit[`${who}Jwt`]));
                assert.equal((await received(back, 'joined_room')).participants_count, 2);
                assert.equal((await received(staying, 'user_joined', from)).peer_id, peerId);
                assert.deepEqual(await heard(staying, kPeopleAndFaults, from), ['user_interrupted', 'user_left', 'user_joined']);
                talk[who] = back;
                await talk.hangUp();
            } finally {
                await doomed.stop();
            }
        });
    }
});
