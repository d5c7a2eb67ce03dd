// Chromium with a made-up camera and microphone; each person has a profile of their own.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { chromium } from 'playwright-core';

import { build } from './server.mjs';

const kPatience = 30_000;
const kPause = 50;
const flags = [
    '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
    '--allow-loopback-in-peer-connection',
    // Public STUN names must not leave the machine.
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE localhost., EXCLUDE 127.0.0.1, EXCLUDE ::1',
];

export class Browser {
    #browser;

    /// `trusted` are keys whose certificates are believed, each the SHA-256 of a public key in base64. `program` takes Chromium's place;
    /// later `args` win over earlier ones.
    static async start({ camera = true, trusted = [], program, args: more = [] } = {}) {
        const browser = new Browser();
        const args = camera ? [...flags] : flags.filter((flag) => !/^--use-fake/.test(flag));
        if (trusted.length > 0) args.push(`--ignore-certificate-errors-spki-list=${trusted.join(',')}`);
        args.push(...more);
        browser.#browser = await chromium.launch({
            executablePath: program ?? process.env.TELEVISIT_CHROMIUM ?? '/usr/bin/chromium', headless: true, args,
        });
        return browser;
    }

    /// A page in a fresh profile; `script` runs in it before its own. Faults of its scripts are collected in `page.faults`.
    async open(url, { script, ...options } = {}) {
        const context = await this.#browser.newContext({ viewport: { width: 1000, height: 720 }, ...options });
        const page = await context.newPage();
        if (script) await page.addInitScript(script);
        page.setDefaultTimeout(kPatience);
        page.faults = [];
        page.on('pageerror', (fault) => page.faults.push(String(fault)));
        page.on('console', (line) => { if (line.type() === 'error') page.faults.push(line.text()); });
        await page.goto(url);
        return page;
    }

    /// Ends the processes of one kind (`renderer`, `browser`) by their ids, as a crash or a system out of memory would.
    async kill(kind) {
        const session = await this.#browser.newBrowserCDPSession();
        const { processInfo } = await session.send('SystemInfo.getProcessInfo');
        const ids = processInfo.filter(({ type }) => type === kind).map(({ id }) => id);
        for (const id of ids) process.kill(id, 'SIGKILL');
        return ids.length;
    }

    stop() { return this.#browser.close(); }
}

/// Resolves to what `look`, run in the page, returns as soon as that is something true; `look` may be asynchronous. (Playwright's own
/// `waitForFunction` takes a promise for something true.)
export async function until(page, look, argument) {
    let failure = new Error('waited in vain');
    for (const end = Date.now() + kPatience; Date.now() < end; await pause(kPause)) {
        try {
            const value = await page.evaluate(look, argument);
            if (value) return value;
        } catch (fault) {
            failure = fault;
            // The page is just being replaced by another one.
            if (!/context was destroyed|navigat/.test(fault.message)) break;
        }
    }
    const state = await page.evaluate(() => JSON.stringify({
        events: window.guide?.received.map((entry) => entry.event), errors: window.guide?.received.filter((e) => e.event === 'error'),
        connection: window.guide?.peerConnection?.connectionState, text: document.body.innerText.slice(0, 600),
    })).catch(() => 'gone');
    throw new Error(`${failure.message}, for ${look} with ${JSON.stringify(argument)}\npage: ${state}\nfaults: ${page.faults.join('\n')}`);
}

/// Keeps a picture of the page under the build folder.
export async function picture(page, name) {
    const folder = join(build, 'e2e');
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`) });
}
