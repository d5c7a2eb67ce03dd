// Chromium with a made-up camera and microphone; each person has a profile of their own.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

import { build } from './server.mjs';

const kPatience = 30_000;
const flags = [
    '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
    '--allow-loopback-in-peer-connection',
    // Public STUN names must not leave the machine.
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE localhost., EXCLUDE 127.0.0.1, EXCLUDE ::1',
];

export class Browser {
    #browser;

    static async start({ camera = true } = {}) {
        const browser = new Browser();
        const args = camera ? flags : flags.filter((flag) => !/^--use-fake/.test(flag));
        browser.#browser = await chromium.launch({
            executablePath: process.env.TELEVISIT_CHROMIUM ?? '/usr/bin/chromium', headless: true, args,
        });
        return browser;
    }

    /// A page in a fresh profile. Faults of its scripts are collected in `page.faults`.
    async open(url, options = {}) {
        const context = await this.#browser.newContext({ viewport: { width: 1000, height: 720 }, ...options });
        const page = await context.newPage();
        page.setDefaultTimeout(kPatience);
        page.faults = [];
        page.on('pageerror', (fault) => page.faults.push(String(fault)));
        page.on('console', (line) => { if (line.type() === 'error') page.faults.push(line.text()); });
        await page.goto(url);
        return page;
    }

    stop() { return this.#browser.close(); }
}

/// Resolves when `look`, run in the page, returns something true; polls because the page is in the background.
export async function until(page, look, argument) {
    try {
        const handle = await page.waitForFunction(look, argument, { polling: 50, timeout: kPatience });
        return await handle.jsonValue();
    } catch (failure) {
        const state = await page.evaluate(() => JSON.stringify({
            events: window.guide?.received.map((entry) => entry.event), errors: window.guide?.received.filter((e) => e.event === 'error'),
            connection: window.guide?.peerConnection?.connectionState, text: document.body.innerText.slice(0, 600),
        })).catch(() => 'gone');
        throw new Error(`${failure.message}\npage: ${state}\nfaults: ${page.faults.join('\n')}`);
    }
}

/// Keeps a picture of the page under the build folder.
export async function picture(page, name) {
    const folder = join(build, 'e2e');
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`) });
}
