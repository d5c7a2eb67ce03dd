// The official Socket.IO clients, and a socket that remembers what it received.
import { io as io40 } from 'sio40';
import { io as io45 } from 'sio45';
import { io as io46 } from 'sio46';
import { io as io48 } from 'sio48';

import { Attendee, within } from './attendee.mjs';

export { within };

export const clients = { '4.8': io48, '4.6': io46, '4.5': io45, '4.0': io40 };
export const transports = {
    websocket: ['websocket'],
    polling: ['polling'],
    'polling that upgrades': ['polling', 'websocket'],
};

export class Peer extends Attendee {
    constructor(server, seat, { version = '4.8', transport = 'websocket', url, ...options } = {}) {
        super(seat);
        this.socket = clients[version](url ?? server.url, {
            transports: transports[transport],
            forceNew: true,
            reconnection: false,
            ...options,
        });
        this.socket.onAny((event, ...args) => this.record(event, args));
        this.socket.on('disconnect', (...why) => this.record('(disconnect)', why));
        this.socket.on('connect_error', (failure) => this.record('(connect_error)', [failure]));
    }

    emit(event, ...args) { this.socket.emit(event, ...args); }

    answers(event, ...args) {
        return within(new Promise((done) => this.socket.emit(event, ...args, (...answer) => done(answer))),
            () => `the acknowledgement of "${event}"`);
    }

    close() { this.socket.disconnect(); }
}

/// Doctor and patient in the room of `visit`, who have heard of each other.
export async function pair(visit, doctorOptions = {}, patientOptions = doctorOptions) {
    const doctor = await Peer.enter(visit.server, await visit.doctor(), doctorOptions);
    const patient = await Peer.enter(visit.server, await visit.patient(), patientOptions);
    await doctor.next('user_joined');
    return { doctor, patient, close() { doctor.close(); patient.close(); } };
}
