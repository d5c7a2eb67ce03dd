// Engine.IO over HTTP, spoken by hand.
import assert from 'node:assert/strict';

export const kSeparator = '\x1e';

async function answer(response) {
    const body = await response.text();
    return { status: response.status, headers: response.headers, body };
}

/// One request to the endpoint, such as `GET` of `EIO=4&transport=polling`.
export async function ask(server, method, query, options = {}) {
    return answer(await fetch(`${server.url}${server.path}?${query}`, { method, ...options }));
}

export class Polling {
    /// Opens a session.
    static async open(server) {
        const polling = new Polling();
        polling.server = server;
        polling.handshake = await ask(server, 'GET', 'EIO=4&transport=polling');
        assert.equal(polling.handshake.status, 200, polling.handshake.body);
        polling.opened = JSON.parse(polling.handshake.body.slice(1));
        polling.sid = polling.opened.sid;
        return polling;
    }

    get query() { return `EIO=4&transport=polling&sid=${this.sid}`; }

    get(options) { return ask(this.server, 'GET', this.query, options); }
    post(body, headers = {}) { return ask(this.server, 'POST', this.query, { body, headers }); }

    /// Sends packets that must be taken.
    async send(...packets) {
        const { status, body } = await this.post(packets.join(kSeparator));
        assert.deepEqual([status, body], [200, 'ok']);
    }
    /// The packets of the next poll. Pings are answered and not told of, unless they are wanted.
    async poll({ pings = false } = {}) {
        for (;;) {
            const { status, body } = await this.get();
            assert.equal(status, 200, body);
            const packets = body.split(kSeparator);
            if (pings || !packets.includes('2')) return packets;
            await this.send('3');
            const others = packets.filter((packet) => packet !== '2');
            if (others.length > 0) return others;
        }
    }
    /// So many packets, of as many polls as they take.
    async packets(count) {
        const all = [];
        while (all.length < count) all.push(...await this.poll());
        return all;
    }

    /// The session is gone: its id is not known any more.
    async assertGone() {
        const { status, body } = await this.get();
        assert.deepEqual([status, JSON.parse(body)], [400, { code: 1, message: 'Session ID unknown' }]);
    }
}
