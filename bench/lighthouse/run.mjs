// Lighthouse on pages: their addresses are the arguments; a line of scores for each, and an end that
// is no success where one is below 98.
import lighthouse from "lighthouse";
import { launch } from "chrome-launcher";

const LEAST = 98;
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];

const chrome = await launch({
  chromePath: process.env.CHROME_PATH,
  chromeFlags: ["--headless", "--no-sandbox", "--disable-dev-shm-usage"],
});
let enough = true;
try {
  for (const url of process.argv.slice(2)) {
    const { lhr } = await lighthouse(url, {
      port: chrome.port, onlyCategories: CATEGORIES, logLevel: "error",
    });
    const scores = CATEGORIES.map((name) => Math.round(lhr.categories[name].score * 100));
    const told = CATEGORIES.map((name, n) => `${name} ${scores[n]}`);
    console.log([new URL(url).pathname, ...told].join("\t"));
    for (const [n, name] of CATEGORIES.entries()) {
      if (scores[n] >= LEAST) continue;
      enough = false;
      const audits = lhr.categories[name].auditRefs.map(({ id }) => lhr.audits[id]);
      for (const { id, score, displayValue } of audits) {
        if (score !== null && score < 1) console.log(`\t${name}: ${id} ${score} ${displayValue || ""}`);
      }
    }
  }
} finally {
  await chrome.kill();
}
process.exitCode = enough ? 0 : 1;
