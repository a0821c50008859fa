// Pictures of a story's pages, where SCREENSHOTS names a folder: phone and desk, light and dark.
const HEIGHT_MAX = 2400;

/** Of the page as it stands; afterwards it has its size and its colours again. */
export async function keepLooks(page, name, { portal = false, theme } = {}) {
  if (!process.env.SCREENSHOTS) return;
  const before = page.viewportSize();
  for (const width of [320, 1440]) {
    for (const look of ['light', 'dark']) {
      await page.setViewportSize({ width, height: 900 });
      if (portal) await page.emulateMedia({ colorScheme: look });
      else await theme(look);
      await page.screenshot({
        path: `${process.env.SCREENSHOTS}/story-${name}-${width}-${look}.png`,
        ...(portal ? { fullPage: true } : await whole(page, width)),
      });
    }
  }
  await page.setViewportSize(before);
  if (portal) await page.emulateMedia({ colorScheme: null });
  else await theme('light');
}

/** From the top, as far as a picture stays legible; a dialog is what is on the screen. */
async function whole(page, width) {
  if (await page.locator('dialog[open]').count()) return {};
  const height = await page.evaluate(() => {
    window.scrollTo(0, 0);
    return document.documentElement.scrollHeight;
  });
  return { fullPage: true, clip: { x: 0, y: 0, width, height: Math.min(height, HEIGHT_MAX) } };
}
