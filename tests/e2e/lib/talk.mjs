// Two Chromium pages with the guide's client, and what they have received.
import assert from 'node:assert/strict';

import { until } from './browser.mjs';
import { moving } from './media.mjs';
import { Visit } from './visit.mjs';

/// The first `event` that the page received after `from` others; waits for it.
export const received = (page, event, from = 0) => until(page,
    ([name, start]) => guide.received.slice(start).find((entry) => entry.event === name)?.data, [event, from]);

export const count = (page, event) => page.evaluate((name) => guide.received.filter((e) => e.event === name).length, event);

/// How much the page has received up to now, to be given to `received` and `heard`.
export const mark = (page) => page.evaluate(() => guide.received.length);

/// Names of the events that fit `form`, in the order in which they came.
export const heard = (page, form, from = 0) => page.evaluate(([source, start]) => guide.received.slice(start)
    .map((entry) => entry.event).filter((event) => new RegExp(source).test(event)), [form.source, from]);

/// A call of the guide's client. `through` is where each side's page looks for the server.
export class Talk {
    /// Opens the guide's page for both people and carries the call to the point where both see moving pictures.
    static async begin({ server, pages, browser, doctorBrowser = browser, patientBrowser = browser, through = {}, ...options }) {
        const talk = new Talk();
        talk.visit = await Visit.create(server);
        const open = async (who, token, place) => {
            const page = await who.open(pages.guide(place ?? server, talk.visit, token, options));
            await received(page, 'joined_room');
            return page;
        };
        talk.doctor = await open(doctorBrowser, talk.visit.doctorJwt, through.doctor);
        talk.patient = await open(patientBrowser, talk.visit.patientJwt, through.patient);
        await received(talk.doctor, 'user_joined');
        await talk.negotiate();
        for (const page of talk.both) await moving(page);
        return talk;
    }

    get both() { return [this.doctor, this.patient]; }

    /// The moment of the offer, which the guide leaves to its reader: as printed it would offer before its camera has answered.
    async negotiate() {
        for (const page of this.both) await until(page, () => guide.peerConnection?.getSenders().length === 2);
        await this.doctor.evaluate(() => guide.offer());
    }

    /// `expected` is what the browser may have said of a connection that the test has cut.
    async hangUp(expected = /^$/) {
        for (const page of this.both) {
            assert.deepEqual(page.faults.filter((fault) => !expected.test(fault)), [], 'the guide\'s scripts ran without a fault');
            await page.context().close();
        }
    }
}
