// Who may do what: each row of the table in docs/protocol.md, asked by everybody whom there is.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';

import { ask, names, ofOneVisit } from './operations.mjs';
import { Person, Server, assertProblem, pair } from './people.mjs';

let server;
before(async () => { server = await Server.start(); });
after(async () => { await server.stop(); });

const role = '403 wrong_role';
const account = '403 account_required';
const part = '403 not_a_participant';
const outside = '403 not_an_attendee';
const join = '403 access_token_not_accepted';
const none = '404 session_not_found';

/// The answers, by who asks. `doctor` and `patient` come with an account or with the invitation from `create`; `invited`
/// are INTERPRETER, OBSERVER and GUEST; `seated` comes with the access token of a join.
const table = {
    //                   doctor: account, invitation, seated | patient: account, invitation, seated | invited, seated |   ADMIN |  stranger
    create_session:     ['201',  role,    role,    role,   role,    role,    role,    role,    '201',   '403'],
    list_sessions:      ['200',  account, account, '200',  account, account, account, account, '200',   '200 or 403'],
    get_session:        ['200',  '200',   '200',   '200',  '200',   '200',   '200',   '200',   '200',   none],
    reschedule_session: ['200',  '200',   '200',   role,   role,    role,    role,    role,    '200',   none],
    cancel_session:     ['200',  '200',   '200',   role,   role,    role,    role,    role,    '200',   none],
    end_session:        ['200',  '200',   '200',   role,   role,    role,    role,    role,    '200',   none],
    join_session:       ['200',  '200',   join,    '200',  '200',   join,    '200',   join,    part,    none],
    leave_session:      ['204',  '204',   '204',   '204',  '204',   '204',   '204',   '204',   part,    none],
    get_ice_servers:    ['200',  '200',   '200',   '200',  '200',   '200',   '200',   '200',   outside, none],
    add_quality:        ['204',  '204',   '204',   '204',  '204',   '204',   '204',   '204',   outside, none],
    create_invitation:  ['201',  '201',   '201',   role,   role,    role,    role,    role,    '201',   none],
    revoke_invitation:  ['204',  '204',   '204',   role,   role,    role,    role,    role,    '204',   none],
    list_attendees:     ['200',  '200',   '200',   '200',  '200',   '200',   '200',   '200',   '200',   none],
    get_metrics:        ['200',  '200',   '200',   '200',  '200',   '200',   '200',   '200',   '200',   none],
};
const columns = ['doctor', 'doctor invited', 'doctor seated', 'patient', 'patient invited', 'patient seated', 'invited', 'invited seated',
    'ADMIN', 'stranger'];

/// A visit in which everybody has a part, and who has joined it; `callers` are `[column, who, token]`.
async function everybody() {
    const visit = await pair(server, { max_participants: 8 });
    const { doctor, patient, session } = visit;
    const callers = [['doctor', 'its doctor', doctor.token], ['doctor invited', 'its doctor', session.doctor_token],
        ['patient', 'its patient', patient.token], ['patient invited', 'its patient', session.patient_token],
        ['ADMIN', 'an ADMIN', new Person(server, 'ADMIN').token]];
    for (const invited of ['INTERPRETER', 'OBSERVER', 'GUEST']) {
        const answer = await ask(visit, 'create_invitation', doctor.token, { body: { role: invited } });
        callers.push(['invited', `its ${invited}`, answer.json.token]);
    }
    for (const [column, who, token] of callers.filter(([column]) => column !== 'ADMIN')) {
        const joined = await ask(visit, 'join_session', token);
        assert.equal(joined.status, 200, `${who}: ${joined.text}`);
        if (!column.endsWith('invited')) continue;
        callers.push([column.replace('r invited', 'r seated').replace('t invited', 't seated').replace(/^invited$/, 'invited seated'),
            `${who}, seated`, joined.json.attendee.access_token]);
    }
    visit.invitation = (await ask(visit, 'create_invitation', doctor.token)).json.invitation_id;
    return { visit, callers };
}

/// People of other visits, people of no visit, and those whose id alone fits.
async function strangers({ doctor, patient }) {
    const other = await pair(server);
    const guest = await ask(other, 'create_invitation', other.doctor.token);
    const seat = await ask(other, 'join_session', other.patient.token);
    return [
        ['another doctor', other.doctor.token], ['another patient', other.patient.token],
        ['the doctor of another visit, invited', other.session.doctor_token],
        ['the patient of another visit, invited', other.session.patient_token],
        ['a guest of another visit', guest.json.token], ['somebody seated in another visit', seat.json.attendee.access_token],
        ...['DOCTOR', 'PATIENT', 'INTERPRETER', 'OBSERVER', 'GUEST'].map((name) => [`a ${name} of no visit`, new Person(server, name).token]),
        ['a PATIENT with the id of the doctor', new Person(server, 'PATIENT', doctor.id).token],
        ['a DOCTOR with the id of the patient', new Person(server, 'DOCTOR', patient.id).token],
        ['a GUEST with the id of the patient', new Person(server, 'GUEST', patient.id).token],
    ].map(([who, token]) => ['stranger', who, token]);
}

function assertAnswer(answer, expected, what) {
    const [status, code] = expected.split(' ');
    if (status === '200' && code === 'or') return assert.ok(answer.status === 200 || answer.json.code === 'account_required', `${what}: ${answer.text}`);
    assert.equal(String(answer.status), status, `${what}: ${answer.text}`);
    if (code) assertProblem(answer, Number(status), code);
}

for (const name of names) {
    test(`${name} answers everybody as the table says`, async () => {
        const { visit, callers } = await everybody();
        if (name === 'get_metrics') assert.equal((await ask(visit, 'end_session', visit.doctor.token)).status, 200);
        // Those that are refused first: what the others do may end the visit.
        const all = [...callers, ...await strangers(visit)].map((caller) => [...caller, table[name][columns.indexOf(caller[0])]]);
        all.sort((a, b) => Number(b[3][0]) - Number(a[3][0]));
        for (const [, who, token, expected] of all) assertAnswer(await ask(visit, name, token), expected, `${who} asks ${name}`);
    });
}

test('a session that is none of the caller\'s business looks like one that is not there', async () => {
    const visit = await pair(server);
    const absent = { ...visit, path: `/${randomUUID()}` };
    const odd = ['/%00', '/..%2f..', `/${'x'.repeat(300)}`, '/%ff%fe', '/%F0%9F%98%80'];
    for (const name of ofOneVisit) {
        for (const who of ['DOCTOR', 'PATIENT']) {
            const { token } = new Person(server, who);
            const texts = [await ask(visit, name, token), await ask(absent, name, token)].map((answer) => {
                assertProblem(answer, 404, 'session_not_found');
                return answer.text;
            });
            assert.equal(texts[0], texts[1], name);
        }
        const admin = new Person(server, 'ADMIN').token;
        assertProblem(await ask(absent, name, admin), 404, 'session_not_found');
        for (const path of odd) {
            const answer = await ask({ ...visit, path }, name, admin);
            assert.ok([400, 404].includes(answer.status), `${name} ${path}: ${answer.text}`);
        }
    }
});

test('a doctor creates in the own name only, with whatever credential', async () => {
    const visit = await pair(server);
    assertProblem(await ask(visit, 'create_session', new Person(server, 'DOCTOR').token), 403, 'not_own_doctor_id');
    for (const who of ['PATIENT', 'INTERPRETER', 'OBSERVER', 'GUEST']) {
        assertProblem(await ask(visit, 'create_session', new Person(server, who).token), 403, 'wrong_role');
    }
});

test('a list shows everybody the own sessions, an ADMIN all, and others nothing', async () => {
    const visit = await pair(server);
    const listed = async (who, query = '') => (await who.ask('GET', query)).json.items.map((item) => item.session_id);
    for (const who of [visit.doctor, visit.patient]) assert.deepEqual(await listed(who), [visit.session.session_id]);
    const admin = new Person(server, 'ADMIN');
    assert.deepEqual(await listed(admin, `?doctor_id=${visit.doctor.id}`), [visit.session.session_id]);
    assert.ok((await listed(admin)).length > 1);
    for (const name of ['DOCTOR', 'PATIENT', 'INTERPRETER', 'OBSERVER', 'GUEST']) {
        assert.deepEqual(await listed(new Person(server, name)), [], name);
        // Asking for somebody else's does not help.
        assert.deepEqual(await listed(new Person(server, name), `?doctor_id=${visit.doctor.id}&patient_id=${visit.patient.id}`), [], name);
    }
    assert.deepEqual(await listed(new Person(server, 'PATIENT', visit.doctor.id)), []);
});

test('only who has joined gets servers and hands in samples', async () => {
    const { doctor, patient, session, path } = await pair(server, { max_participants: 3 });
    const visit = { server, path };
    const guest = (await ask(visit, 'create_invitation', doctor.token)).json;
    for (const token of [doctor.token, patient.token, session.doctor_token, session.patient_token, guest.token]) {
        for (const name of ['get_ice_servers', 'add_quality']) assertProblem(await ask(visit, name, token), 403, 'not_an_attendee');
    }
});

test('an older access token is no credential any more', async () => {
    const visit = await pair(server);
    const first = (await ask(visit, 'join_session', visit.patient.token)).json.attendee.access_token;
    await ask(visit, 'join_session', visit.patient.token);
    for (const name of names) assertProblem(await ask(visit, name, first), 401, 'invalid_token');
});
