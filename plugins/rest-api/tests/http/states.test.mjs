// What may be done in each state of a session: the state table of docs/protocol.md, through the socket.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Peer } from '../../../../tests/integration/lib/peer.mjs';
import { until } from '../../../../tests/integration/lib/within.mjs';
import { ask } from './operations.mjs';
import { Person, Server, assertProblem, pair } from './people.mjs';

let server;
// The clock makes these states; both windows close at the same time.
const slow = {};
before(async () => {
    server = await Server.start();
    for (const name of ['NO_SHOW', 'EXPIRED']) slow[name] = reach[name]();
});
after(async () => { await server.stop(); });

const state = '409 wrong_state';
const over = '409 session_over';
const none = '404 no_metrics';
const table = {
    //                   SCHEDULED ACTIVE   COMPLETED CANCELLED NO_SHOW  EXPIRED
    get_session:         ['200',   '200',   '200',    '200',    '200',   '200'],
    reschedule_session:  ['200',   state,   state,    state,    state,   state],
    cancel_session:      ['200',   state,   state,    '200',    state,   state],
    end_session:         ['200',   '200',   '200',    over,     over,    over],
    join_session:        ['200',   '200',   over,     over,     over,    over],
    leave_session:       ['204',   '204',   '204',    '204',    '204',   '204'],
    get_ice_servers:     ['200',   '200',   over,     over,     over,    over],
    add_quality:         ['204',   '204',   over,     over,     over,    over],
    create_invitation:   ['201',   '201',   over,     over,     over,    over],
    revoke_invitation:   ['204',   '204',   '204',    '204',    '204',   '204'],
    list_attendees:      ['200',   '200',   '200',    '200',    '200',   '200'],
    get_metrics:         [none,    none,    '200',    none,     '200',   '200'],
};

const status = async (visit) => (await ask(visit, 'get_session', visit.doctor.token)).json;
const becomes = (visit, wanted) => until(async () => (await status(visit)).status === wanted, `a session that is ${wanted}`);
const seat = async (visit, who) => (await ask(visit, 'join_session', visit[who].token)).json;

/// A window that is still open for some seconds: joins are possible up to fifteen minutes after the end.
const closing = { from: -60, to: -15 + 4 / 60 };

async function made(times) {
    const visit = await pair(server, { max_participants: 3, ...times });
    visit.invitation = (await ask(visit, 'create_invitation', visit.doctor.token)).json.invitation_id;
    for (const who of ['doctor', 'patient']) assert.equal((await ask(visit, 'join_session', visit[who].token)).status, 200);
    return visit;
}
const reach = {
    SCHEDULED: () => made(),
    async ACTIVE() {
        const visit = await made();
        visit.peers = [await Peer.enter(server, await seat(visit, 'doctor'))];
        await becomes(visit, 'ACTIVE');
        return visit;
    },
    async COMPLETED() {
        const visit = await reach.ACTIVE();
        assert.equal((await ask(visit, 'end_session', visit.doctor.token)).status, 200);
        return visit;
    },
    async CANCELLED() {
        const visit = await made();
        assert.equal((await ask(visit, 'cancel_session', visit.doctor.token)).status, 200);
        return visit;
    },
    async NO_SHOW() {
        const visit = await made(closing);
        visit.peers = [await Peer.enter(server, await seat(visit, 'patient'))];
        await becomes(visit, 'NO_SHOW');
        return visit;
    },
    async EXPIRED() {
        const visit = await made(closing);
        await becomes(visit, 'EXPIRED');
        return visit;
    },
};
const states = Object.keys(reach);

for (const [column, name] of states.entries()) {
    test(`what ${name} allows`, async () => {
        const kept = slow[name] && await slow[name];
        for (const [operation, cells] of Object.entries(table)) {
            const visit = kept ?? await reach[name]();
            const answer = await ask(visit, operation, visit.doctor.token);
            const [expected, code] = cells[column].split(' ');
            assert.equal(String(answer.status), expected, `${operation}: ${answer.text}`);
            if (code) assertProblem(answer, Number(expected), code);
            for (const peer of visit.peers ?? []) peer.destroy();
        }
    });
}

/// What a session tells of how it went. `?` is any time.
const traces = {
    SCHEDULED: { actual_start_time: null, actual_end_time: null, end_reason: null },
    ACTIVE: { actual_start_time: '?', actual_end_time: null, end_reason: null },
    COMPLETED: { actual_start_time: '?', actual_end_time: '?', end_reason: 'ended' },
    CANCELLED: { actual_start_time: null, actual_end_time: null, end_reason: 'cancelled' },
    NO_SHOW: { actual_start_time: '?', actual_end_time: '?', end_reason: 'window_closed' },
    EXPIRED: { actual_start_time: null, actual_end_time: null, end_reason: 'window_closed' },
};
test('a session tells when it began, when it ended, and why', async () => {
    for (const [name, trace] of Object.entries(traces)) {
        const visit = await (slow[name] ?? reach[name]());
        const session = await status(visit);
        assert.equal(session.status, name);
        for (const [field, value] of Object.entries(trace)) {
            if (value === '?') assert.match(session[field], /^\d{4}-.*Z$/, `${name}: ${field}`);
            else assert.equal(session[field], value, `${name}: ${field}`);
        }
        for (const peer of visit.peers ?? []) peer.destroy();
    }
});

test('cancelling, ending, leaving and revoking again change nothing', async () => {
    for (const [operation, body] of [['cancel_session'], ['end_session'], ['leave_session', {}], ['revoke_invitation']]) {
        const visit = await made();
        const first = await ask(visit, operation, visit.doctor.token, { body });
        const after = await status(visit);
        for (let i = 0; i < 3; ++i) {
            const again = await ask(visit, operation, visit.doctor.token, { body });
            assert.equal(again.status, first.status, operation);
            if (operation.endsWith('_session') && again.json) assert.equal(again.json.status, first.json.status);
        }
        assert.deepEqual(await status(visit), after, operation);
    }
});

test('the figures of a visit count who came, and from the first entry to the last end', async () => {
    const visit = await made();
    const peers = [await Peer.enter(server, await seat(visit, 'doctor')), await Peer.enter(server, await seat(visit, 'patient'))];
    await ask(visit, 'end_session', visit.doctor.token);
    for (const peer of peers) assert.deepEqual(await peer.next('session_ended'), { session_id: visit.session.session_id, reason: 'ended' });
    const { json } = await ask(visit, 'get_metrics', visit.patient.token);
    assert.equal(json.total_participants, 2);
    assert.ok(json.session_duration_minutes >= 0 && json.session_duration_minutes < 1);
    const { items } = (await ask(visit, 'list_attendees', visit.patient.token)).json;
    for (const one of items) assert.ok(one.joined_at && one.left_at, JSON.stringify(one));
    for (const peer of peers) peer.destroy();
});

test('who came only to join is no attendee that came', async () => {
    const visit = await (slow.EXPIRED ?? reach.EXPIRED());
    assert.equal((await ask(visit, 'get_metrics', visit.doctor.token)).json.total_participants, 0);
    assert.deepEqual((await ask(visit, 'list_attendees', visit.doctor.token)).json.items.map((one) => one.joined_at), [null, null]);
});

test('everybody in the room is told when an ADMIN ends a visit, and is put out of it', async () => {
    const visit = await made();
    const peer = await Peer.enter(server, await seat(visit, 'patient'));
    assert.equal((await ask(visit, 'end_session', new Person(server, 'ADMIN').token)).status, 200);
    assert.equal((await peer.next('session_ended')).reason, 'ended');
    await peer.next('(close)');
});
