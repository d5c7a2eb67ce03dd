// Visits whose records are kept in a database: what the tests of each database do alike.
import assert from 'node:assert/strict';

import { Visit, call } from '../../e2e/lib/visit.mjs';
import { Peer } from './peer.mjs';

export const get = (visit) => call(visit.server, 'GET', `/api/video/sessions/${visit.id}`, { token: visit.doctorJwt });

/// A new visit with both people in its room. Its tokens join `secrets`.
export async function takenRoom(hospital, secrets) {
    const visit = await Visit.create(hospital);
    const seats = [await visit.doctor(), await visit.patient()];
    for (const text of [visit.session.doctor_token, visit.session.patient_token, ...seats.map((seat) => seat.attendee.access_token)])
        secrets.add(text);
    const [doctor, patient] = [await Peer.enter(hospital, seats[0]), await Peer.enter(hospital, seats[1])];
    await doctor.next('user_joined');
    return { visit, doctor, patient };
}

/// One visit that has ended and one that goes on are what they were after the server was killed. Gives the former.
export async function outliveTheServer(hospital, secrets) {
    const { visit, doctor, patient } = await takenRoom(hospital, secrets);
    await doctor.reaches(patient, 'a word');
    assert.equal((await get(visit)).json.status, 'ACTIVE');
    const open = await takenRoom(hospital, secrets);
    const ended = await visit.post('end', visit.doctorJwt, {});
    assert.equal(ended.status, 200, ended.text);
    for (const peer of [doctor, patient, open.doctor, open.patient]) peer.destroy();
    await hospital.crash();
    assert.equal((await get(visit)).json.status, 'COMPLETED');
    assert.equal((await get(open.visit)).json.status, 'ACTIVE');
    return visit;
}
