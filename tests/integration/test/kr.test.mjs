// Storages, televisitd itself and the line between them are killed, restarted, cut, slowed and stalled in the middle of load: what
// was acknowledged is there afterwards, REST answers in time, rooms go on, and nothing has to be restarted by hand.
//   KILLS_SEED=…   what happens when, and what people do, as in an earlier run
//   KILLS_STORAGE=… only that one
//   KILLS=…        how many processes are killed: 20 unless said otherwise, 200 with TELEVISIT_SOAK=1
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Visit } from '../../e2e/lib/visit.mjs';
import { Load, assertAway, once } from '../lib/load.mjs';
import { Peer } from '../lib/peer.mjs';
import { pick, seeded } from '../lib/seeded.mjs';
import { hospitalOn, storages } from '../lib/storages.mjs';
import { until } from '../lib/within.mjs';

const kKills = Number(process.env.KILLS ?? (process.env.TELEVISIT_SOAK === '1' ? 200 : 20));
const kSeed = Number(process.env.KILLS_SEED ?? Math.floor(Math.random() * 1e9));

/// Two who are in a room all the time.
class Room {
    #said = 0;

    static async open(hospital) {
        const room = new Room();
        room.hospital = hospital;
        room.visit = await Visit.create(hospital);
        room.seats = [await room.visit.doctor(), await room.visit.patient()];
        await room.enter();
        return room;
    }

    async enter() {
        this.peers = [];
        for (const seat of this.seats) {
            const peer = await Peer.connect(this.hospital, seat);
            // Who is in a room may be kept by what was struck.
            await until(async () => (await peer.ask('join_room', peer.entry())).ok, 'an entrance');
            this.peers.push(peer);
        }
    }

    /// Each hears the other.
    async talk() {
        const [doctor, patient] = this.peers;
        const word = `word ${++this.#said}`;
        await Promise.all([doctor.reaches(patient, `${word} of hers`), patient.reaches(doctor, `${word} of his`)]);
    }

    get session() { return once(this.hospital, 'GET', `/api/video/sessions/${this.visit.id}`, { token: this.visit.doctorJwt }); }
    close() { for (const peer of this.peers) peer.destroy(); }
}

for (const [name, Storage] of Object.entries(storages).filter(([one]) => (process.env.KILLS_STORAGE ?? one) === one))
    describe(`records in ${name}, with seed ${kSeed}`, () => {
        let storage;
        let hospital;
        before(async () => {
            storage = await Storage.open();
            hospital = await hospitalOn(storage);
        });
        after(async () => {
            await hospital?.close();
            await storage?.close();
        });

        test(`${kKills} kills in the middle of load lose nothing that was acknowledged`, async (context) => {
            const random = seeded(kSeed);
            const room = await Room.open(hospital);
            const load = new Load(hospital, { seed: kSeed });
            context.after(() => load.giveUp());
            const fire = {
                random,
                hospital,
                restartServer: async (meanwhile) => {
                    await hospital.crash(1, meanwhile);
                    await room.enter();
                },
                /// Rooms go on; and REST answers, which it can do only in one way when the storage is away.
                meanwhile: async ({ away = false } = {}) => {
                    const answers = await Promise.all([room.session, room.session, room.talk()]);
                    for (const answer of answers.slice(0, 2)) {
                        assert.ok(answer, 'the server goes on');
                        if (away || answer.status !== 200) assertAway(answer);
                    }
                    if (away) await load.isRefused(3);
                },
            };
            const struck = {};
            for (let kills = 0; kills < kKills;) {
                await load.goesOn(1 + Math.floor(random() * 15));
                const fault = pick(random, storage.faults);
                struck[fault.name] = (struck[fault.name] ?? 0) + 1;
                kills += fault.kills ?? 0;
                await fault.strike(fire).catch((failure) => { throw new Error(`${fault.name}, after ${kills} kills`, { cause: failure }); });
                await room.talk();
            }
            await load.goesOn(10);
            await load.end();
            const { ledger } = load;
            context.diagnostic(`seed ${kSeed}: ${ledger.acknowledged} writes acknowledged, ${ledger.unheard} requests without an answer`);
            for (const [fault, times] of Object.entries(struck)) context.diagnostic(`${times} times: ${fault}`);
            await ledger.compareThroughRest(hospital);
            const found = await storage.look(hospital);
            ledger.compareWith(found);
            // It would have been noticed: any row that lacks is.
            for (const table of Object.keys(found)) {
                const mine = found[table].findIndex((row) => ledger.entries.some((entry) => [row.id, row.session_id].includes(entry.id)));
                assert.throws(() => ledger.compareWith({ ...found, [table]: found[table].filter((_, at) => at !== mine) }), table);
            }
            hospital.assertHashed(await storage.text());
            room.close();
        });
    });
