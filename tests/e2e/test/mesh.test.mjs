// Calls of several people in Chromium: each has a connection to each other, made with the contract's events alone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Browser, picture, until } from '../lib/browser.mjs';
import { assertUndisturbed, flows, media, moving, watch } from '../lib/media.mjs';
import { Pages } from '../lib/pages.mjs';
import { assertSeedFields } from '../lib/seed.mjs';
import { Server } from '../lib/server.mjs';
import { heard, mark, received } from '../lib/talk.mjs';
import { Visit } from '../lib/visit.mjs';

let browser;
let pages;
let server;

before(async () => {
    pages = await Pages.start();
    [server, browser] = await Promise.all([Server.start({ origins: [pages.origin] }), Browser.start()]);
});
after(async () => {
    await browser?.stop();
    await pages?.stop();
    await server?.stop();
});

async function invited(visit, role) {
    const made = await visit.post('invitations', visit.doctorJwt, { role });
    assert.equal(made.status, 201, made.text);
    return server.secret(made.json.token);
}

/// Opens a page and waits until it is in the room; `people` is how many are there then.
async function enter(visit, token, people, options) {
    const page = await browser.open(pages.mesh(server, visit, token, options));
    const joined = await received(page, 'joined_room');
    assert.equal(joined.participants_count, people);
    const me = await page.evaluate(() => guide.attendee);
    assert.deepEqual([joined.peer_id, joined.role], [me.peer_id, me.role]);
    return { page, joined, me, peer: me.peer_id };
}

/// Everybody with everybody else, in both directions.
const pairs = (people) => people.flatMap((one) => people.filter((each) => each !== one).map((each) => [one, each]));
const allMoving = (people) => Promise.all(pairs(people).map(([one, each]) => moving(one.page, { peer: each.peer })));

/// Offers, answers and candidates that the page sent to a person, or received from one, in order.
const sent = (page, to) => page.evaluate((peer) => guide.sent.filter(({ data }) => data.target_peer_id === peer)
    .map(({ event, data: { offer, answer, candidate } }) => ({ event, content: offer ?? answer ?? candidate })), to);
const arrived = (page, from) => page.evaluate((peer) => guide.received.filter(({ data }) => data?.from_peer_id === peer)
    .map(({ event, data: { offer, answer, candidate } }) => ({ event, content: offer ?? answer ?? candidate })), from);

/// What each sent to each has arrived there and nowhere else, in the same order.
async function assertAddressed(people) {
    for (const [one, each] of pairs(people)) {
        await until(one.page, (peer) => connectionTo(peer).iceGatheringState === 'complete', each.peer);
    }
    for (const [from, to] of pairs(people)) {
        const expected = await sent(from.page, to.peer);
        await until(to.page, ({ peer, length }) => guide.received.filter(({ data }) => data?.from_peer_id === peer).length >= length,
            { peer: from.peer, length: expected.length });
        assert.deepEqual(await arrived(to.page, from.peer), expected);
        assert.equal(expected.filter(({ event }) => event !== 'ice_candidate').length, 1, 'one offer or one answer each way');
    }
}

async function bye(...people) {
    for (const { page } of people) {
        assert.deepEqual(page.faults, []);
        assertSeedFields(await page.evaluate(() => guide.received));
        await page.context().close();
    }
}

test('three people are a call, each connected to each; one leaves, and the other two go on undisturbed; an observer takes the seat',
    async () => {
        const visit = await Visit.create(server, { max_participants: 3 });
        const doctor = await enter(visit, visit.doctorJwt, 1);
        const patient = await enter(visit, visit.patientJwt, 2);
        const interpreter = await enter(visit, await invited(visit, 'INTERPRETER'), 3);
        const everyone = [doctor, patient, interpreter];
        assert.equal(interpreter.me.role, 'INTERPRETER');
        assert.deepEqual(interpreter.joined.participants.map(({ peer_id: peer }) => peer).sort(), everyone.map(({ peer }) => peer).sort());
        await allMoving(everyone);
        await assertAddressed(everyone);
        assert.deepEqual(await heard(doctor.page, /^(user_|webrtc_)/), ['user_joined', 'webrtc_answer', 'user_joined', 'webrtc_answer']);
        assert.deepEqual(await heard(interpreter.page, /^(user_|webrtc_)/), ['webrtc_offer', 'webrtc_offer']);
        for (const { page, me } of everyone) await picture(page, `mesh-${me.role.toLowerCase()}`);

        // A fourth does not fit in.
        const observerToken = await invited(visit, 'OBSERVER');
        const refused = await visit.join(observerToken);
        assert.deepEqual([refused.status, refused.json.code], [409, 'room_full']);

        const marks = [await mark(doctor.page), await mark(patient.page)];
        const stay = [doctor, patient];
        for (const [one, each] of pairs(stay)) await watch(one.page, each.peer);
        await interpreter.page.evaluate(() => guide.socket.emit('leave_room', { room_id: guide.room_id, user_id: guide.attendee.user_id }));
        for (const [index, { page }] of stay.entries()) {
            const left = await received(page, 'user_left', marks[index]);
            assert.deepEqual([left.peer_id, left.user_id], [interpreter.peer, interpreter.me.user_id]);
        }
        await Promise.all(pairs(stay).map(([one, each]) => flows(one.page, 2, each.peer)));
        for (const { page } of stay) await until(page, () => guide.connections.size === 1);

        const observer = await enter(visit, observerToken, 3, { silent: true });
        assert.equal(observer.me.role, 'OBSERVER');
        await Promise.all(stay.map(({ peer }) => moving(observer.page, { peer })));
        for (const { page } of stay) {
            await until(page, (peer) => connectionTo(peer).connectionState === 'connected', observer.peer);
            assert.equal((await media(page, observer.peer)).frames, 0, 'an observer shows nothing');
        }
        await assertAddressed([...stay, observer]);
        await picture(observer.page, 'mesh-observer');
        await picture(doctor.page, 'mesh-doctor-observed');
        await Promise.all(pairs(stay).map(([one, each]) => flows(one.page, 1, each.peer)));
        for (const [one, each] of pairs(stay)) await assertUndisturbed(one.page, each.peer);
        await bye(...stay, interpreter, observer);
    });

test('in a call of three a reload renews the connections of that person alone', async () => {
    const visit = await Visit.create(server, { max_participants: 3 });
    const doctor = await enter(visit, visit.doctorJwt, 1);
    const patient = await enter(visit, visit.patientJwt, 2);
    const interpreter = await enter(visit, await invited(visit, 'INTERPRETER'), 3);
    const everyone = [doctor, patient, interpreter];
    await allMoving(everyone);
    const stay = [doctor, interpreter];
    for (const [one, each] of pairs(stay)) await watch(one.page, each.peer);
    const marks = await Promise.all(stay.map(({ page }) => mark(page)));
    await patient.page.reload();
    assert.equal((await received(patient.page, 'joined_room')).participants_count, 3);
    for (const [index, { page }] of stay.entries()) {
        assert.equal((await received(page, 'user_joined', marks[index])).peer_id, patient.peer);
        assert.equal((await received(page, 'user_left', marks[index])).reason, 'rejoined');
    }
    await allMoving(everyone);
    for (const [index, { page }] of stay.entries()) {
        assert.deepEqual(await heard(page, /^user_(?!interrupted)/, marks[index]), ['user_left', 'user_joined']);
    }
    for (const [one, each] of pairs(stay)) await assertUndisturbed(one.page, each.peer);
    await picture(doctor.page, 'mesh-doctor-after-reload');
    await bye(...everyone);
});

test('the room page holds a call of three, and says what they do', async () => {
    const visit = await Visit.create(server, { max_participants: 3 });
    const tokens = [visit.session.doctor_token, visit.session.patient_token, await invited(visit, 'INTERPRETER')];
    const people = [];
    for (const token of tokens) {
        const page = await browser.open(`http://localhost:${server.port}/room.html?session=${visit.id}#${token}`);
        await until(page, () => !document.getElementById('room').hidden);
        people.push(page);
    }
    const [doctor, patient, interpreter] = people;
    const movingTiles = (page, tiles) => until(page, (wanted) => {
        const videos = [...document.querySelectorAll('#others video')];
        const now = videos.map((video) => video.getVideoPlaybackQuality().totalVideoFrames);
        window.firstFrames ??= videos.length === wanted ? now : undefined;
        return document.getElementById('status').textContent === 'Connected.' && videos.length === wanted &&
            now.every((frames, index) => frames >= window.firstFrames[index] + 5);
    }, tiles);
    await Promise.all(people.map((page) => movingTiles(page, 2)));
    const names = (page) => page.evaluate(() => [...document.querySelectorAll('#others .name')].map((name) => name.textContent).sort());
    assert.deepEqual(await names(patient), ['Doctor', 'Interpreter']);
    await picture(patient, 'mesh-room-patient');
    await interpreter.click('#leave');
    for (const [page, other] of [[doctor, 'Patient'], [patient, 'Doctor']]) {
        await page.evaluate(() => { delete window.firstFrames; });
        await movingTiles(page, 1);
        assert.deepEqual(await names(page), [other]);
    }
    for (const page of people) {
        assert.deepEqual(page.faults, []);
        await page.context().close();
    }
});
