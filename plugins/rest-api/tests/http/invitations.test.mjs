// Further people: who comes in by invitation, for how long, and what revoking it does at once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Peer } from '../../../../tests/integration/lib/peer.mjs';
import { until } from '../../../../tests/integration/lib/within.mjs';
import { ask, names } from './operations.mjs';
import { Person, Server, assertProblem, pair } from './people.mjs';

let server;
before(async () => { server = await Server.start({ env: { TELEVISIT_TRUSTED_PROXIES: '127.0.0.1' } }); });
after(async () => { await server.stop(); });

async function invite(visit, body = { role: 'GUEST' }) {
    const answer = await ask(visit, 'create_invitation', visit.doctor.token, { body });
    assert.equal(answer.status, 201, answer.text);
    return answer.json;
}
const revoke = (visit, invitation) => ask({ ...visit, invitation: invitation.invitation_id }, 'revoke_invitation', visit.doctor.token);
async function enter(visit, token) {
    const joined = await ask(visit, 'join_session', token);
    assert.equal(joined.status, 200, joined.text);
    return Peer.enter(server, joined.json);
}
const from = (address) => ({ headers: { 'X-Forwarded-For': address } });

for (const role of ['INTERPRETER', 'OBSERVER', 'GUEST']) {
    test(`${role} comes in by invitation, is seen as such, and is put out at once when it is revoked`, async () => {
        const visit = await pair(server, { max_participants: 3 });
        server.secret(`Name of the ${role}`);
        const invitation = await invite(visit, { role, display_name: `Name of the ${role}`, expires_in_s: 3600 });
        assert.equal(invitation.role, role);
        assert.ok(Math.abs(Date.parse(invitation.expires_at) - Date.parse(invitation.created_at) - 3600_000) <= 1000);
        const doctor = await enter(visit, visit.doctor.token);
        const invited = await enter(visit, invitation.token);
        assert.deepEqual([invited.seat.attendee.role, invited.seat.attendee.user_id], [role, invitation.invitation_id]);
        assert.ok(invited.seat.attendee.peer_id.startsWith(`${role.toLowerCase()}_`));
        assert.deepEqual(await doctor.next('user_joined'), { user_id: invitation.invitation_id, peer_id: invited.seat.attendee.peer_id, role });
        const listed = (await ask(visit, 'list_attendees', visit.doctor.token)).json.items.find((one) => one.role === role);
        assert.deepEqual([listed.display_name, listed.invitation_id, listed.user_id], [`Name of the ${role}`, invitation.invitation_id, invitation.invitation_id]);

        assert.equal((await revoke(visit, invitation)).status, 204);
        const error = await invited.next('error');
        assert.equal(error.code, 'revoked');
        await invited.next('(disconnect)');
        const left = await doctor.next('user_left');
        assert.deepEqual([left.user_id, left.reason], [invitation.invitation_id, 'revoked']);
        // Neither the invitation nor what it led to opens anything any more.
        for (const name of names) assertProblem(await ask(visit, name, invitation.token, from('198.51.100.1')), 401, 'invitation_revoked');
        for (const name of names) assertProblem(await ask(visit, name, invited.seat.attendee.access_token, from(`198.51.100.${names.indexOf(name)}`)), 401, 'invitation_revoked');
        const again = await Peer.connect(server, invited.seat);
        assert.equal((await again.ask('join_room', again.entry())).ok, false);
        await doctor.reaches(doctor, 'the others go on');
        for (const peer of [doctor, invited, again]) peer.destroy();
    });
}

test('an invitation that has expired lets nobody in, but whoever is inside stays', async () => {
    const visit = await pair(server, { max_participants: 4 });
    const [used, unused] = [await invite(visit, { role: 'GUEST', expires_in_s: 2 }), await invite(visit, { role: 'GUEST', expires_in_s: 1 })];
    const inside = await enter(visit, used.token);
    for (const invitation of [unused, used]) {
        const answer = await until(async () => {
            const asked = await ask(visit, 'join_session', invitation.token, from('198.51.100.2'));
            return asked.status === 401 && asked;
        }, 'the end of an invitation');
        assertProblem(answer, 401, 'invitation_expired');
    }
    assert.equal((await inside.ask('toggle_audio', { room_id: inside.roomId, enabled: true })).ok, true);
    inside.destroy();
});

test('an invitation without an end is good for as long as the visit', async () => {
    const visit = await pair(server, { max_participants: 3 });
    const invitation = await invite(visit, { role: 'OBSERVER' });
    assert.equal(invitation.expires_at, null);
    assert.equal((await ask(visit, 'join_session', invitation.token)).status, 200);
    await ask(visit, 'end_session', visit.doctor.token);
    assertProblem(await ask(visit, 'join_session', invitation.token), 409, 'session_over');
});

test('each invitation is another person, and its token is shown once', async () => {
    const visit = await pair(server, { max_participants: 4 });
    const invitations = [await invite(visit), await invite(visit)];
    assert.notEqual(invitations[0].token, invitations[1].token);
    assert.notEqual(invitations[0].invitation_id, invitations[1].invitation_id);
    const peers = [await enter(visit, invitations[0].token), await enter(visit, invitations[1].token)];
    assert.equal(peers[1].joined.participants_count, 2);
    const { text } = await ask(visit, 'list_attendees', visit.doctor.token);
    for (const { token } of invitations) assert.ok(!text.includes(token) && !token.includes('.'));
    for (const peer of peers) peer.destroy();
});

test('somebody invited who is not there can be uninvited, and nobody hears of it', async () => {
    const visit = await pair(server, { max_participants: 3 });
    const doctor = await enter(visit, visit.doctor.token);
    const [never, joined] = [await invite(visit), await invite(visit)];
    const seat = (await ask(visit, 'join_session', joined.token)).json;
    for (const invitation of [never, joined]) assert.equal((await revoke(visit, invitation)).status, 204);
    await doctor.reaches(doctor, 'nobody has left');
    assert.ok(!doctor.names.includes('user_left') && !doctor.names.includes('user_joined'));
    assertProblem(await ask(visit, 'get_ice_servers', seat.attendee.access_token, from('198.51.100.3')), 401, 'invitation_revoked');
    doctor.destroy();
});

test('an ADMIN may invite and revoke; those who were invited, and the patient, may not', async () => {
    const visit = await pair(server, { max_participants: 3 });
    const admin = new Person(server, 'ADMIN');
    const answer = await ask(visit, 'create_invitation', admin.token, { body: { role: 'INTERPRETER' } });
    assert.equal(answer.status, 201);
    for (const token of [visit.patient.token, answer.json.token]) assertProblem(await ask(visit, 'create_invitation', token), 403, 'wrong_role');
    assert.equal((await ask({ ...visit, invitation: answer.json.invitation_id }, 'revoke_invitation', admin.token)).status, 204);
});
