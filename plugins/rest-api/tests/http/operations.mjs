// Every operation of the interface with a request that succeeds. Tests ask it as somebody else, of another visit, or with
// one thing changed.
import { call, draft, kSessions } from './people.mjs';

const on = (what = '') => (visit) => `${visit.path}${what}`;

export const operations = {
    list_sessions: { method: 'GET', path: () => '' },
    create_session: { method: 'POST', path: () => '', body: (visit) => draft(visit.doctor, visit.patient) },
    get_session: { method: 'GET', path: on() },
    reschedule_session: { method: 'PATCH', path: on(), body: () => ({ max_participants: 4 }), headers: { 'If-Match': '*' } },
    cancel_session: { method: 'POST', path: on('/cancel') },
    end_session: { method: 'POST', path: on('/end') },
    join_session: { method: 'POST', path: on('/join'), body: () => ({ device_type: 'web' }) },
    leave_session: { method: 'POST', path: on('/leave') },
    get_ice_servers: { method: 'GET', path: on('/ice-servers') },
    add_quality: { method: 'POST', path: on('/quality'), body: () => ({ rtt_ms: 40 }) },
    create_invitation: { method: 'POST', path: on('/invitations'), body: () => ({ role: 'GUEST' }) },
    revoke_invitation: { method: 'DELETE', path: (visit) => `${visit.path}/invitations/${visit.invitation ?? 'none'}` },
    list_attendees: { method: 'GET', path: on('/attendees') },
    get_metrics: { method: 'GET', path: on('/metrics') },
};

export const names = Object.keys(operations);
/// Those that are about one visit, and those that need a body.
export const ofOneVisit = names.filter((name) => !['list_sessions', 'create_session'].includes(name));
export const withBody = ['create_session', 'reschedule_session', 'join_session', 'add_quality', 'create_invitation'];

/// Asks `visit.server`. `change` may have `body` and `headers`, in place of and in addition to those of the operation.
export async function ask(visit, name, token, change = {}) {
    const { method, path, body, headers } = operations[name];
    const answer = await call(visit.server, method, kSessions + path(visit), {
        token, body: 'body' in change ? change.body : body?.(visit), headers: { ...headers, ...change.headers },
    });
    for (const secret of ['doctor_token', 'patient_token', 'token']) visit.server.secret(answer.json?.[secret]);
    visit.server.secret(answer.json?.attendee?.access_token);
    return answer;
}
