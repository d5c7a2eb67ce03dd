// A consultation made over REST by people whom the test authenticator believes.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { call } from '../../e2e/lib/visit.mjs';

export { call };

/// A credential that the plugin test-authenticator takes.
export const testToken = (user, role) => `test.${user}.${role}`;

/// The body of a request for a session that can be joined now.
export function draft(doctor, patient) {
    return {
        doctor_id: doctor,
        patient_id: patient,
        scheduled_start_time: new Date(Date.now() - 60_000).toISOString(),
        scheduled_end_time: new Date(Date.now() + 30 * 60_000).toISOString(),
    };
}

export class TestVisit {
    static async create(daemon) {
        const visit = new TestVisit();
        visit.daemon = daemon;
        visit.doctorId = `doctor-${randomUUID()}`;
        visit.patientId = `patient-${randomUUID()}`;
        visit.doctorToken = daemon.secret(testToken(visit.doctorId, 'DOCTOR'));
        visit.patientToken = daemon.secret(testToken(visit.patientId, 'PATIENT'));
        const created = await call(daemon, 'POST', '/api/video/sessions',
            { token: visit.doctorToken, body: draft(visit.doctorId, visit.patientId) });
        assert.equal(created.status, 201, created.text);
        visit.session = created.json;
        visit.id = created.json.session_id ?? created.json.id;
        daemon.secret(created.json.doctor_token);
        daemon.secret(created.json.patient_token);
        return visit;
    }

    path(action) { return `/api/video/sessions/${this.id}${action ? `/${action}` : ''}`; }
    get(token = this.doctorToken) { return call(this.daemon, 'GET', this.path(), { token }); }
    post(action, token, body) { return call(this.daemon, 'POST', this.path(action), { token, body }); }

    async seat(token) {
        const joined = await this.post('join', token, { device_type: 'web' });
        assert.equal(joined.status, 200, joined.text);
        this.daemon.secret(joined.json.attendee.access_token);
        return joined.json;
    }
    doctor() { return this.seat(this.doctorToken); }
    patient() { return this.seat(this.patientToken); }
}
