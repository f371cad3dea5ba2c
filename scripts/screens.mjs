// Prints papers of meetings of the demonstration, and looks at them.
import fs from "node:fs";
import axe from "axe-core";
import puppeteer from "puppeteer-core";

const { BASE, OUT, BROWSER } = process.env;

async function call(token, path) {
  const answer = await fetch(BASE + path, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

async function signIn(email) {
  const answer = await fetch(`${BASE}/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password: "demonstration-only" }),
  });
  if (!answer.ok) throw new Error(`${email} cannot sign in: ${answer.status}`);
  return (await answer.json()).access_token;
}

// The coming meeting's agenda and the last meeting's minutes, as the coordinator has them.
const coordinator = await signIn("grace.adeyemi@steadyground.example");
const maracs = await call(coordinator, "/maracs");
const marac = maracs.items.find((one) => one.code === "WCC").id;
const meetings = async (status) => (await call(coordinator, `/meetings?limit=200&marac_id=${marac}&status=${status}`)).items;
const coming = (await meetings("circulated")).find((one) => one.kind === "scheduled");
const last = (await meetings("minuted")).reduce((a, b) => (a.starts_at > b.starts_at ? a : b));
const papers = { agenda: `/meetings/${coming.id}/agenda`, minutes: `/meetings/${last.id}/minutes` };
const browser = await puppeteer.launch({ executablePath: BROWSER, args: ["--no-sandbox"] });
let violations = 0;
for (const [name, at] of Object.entries(papers)) {
  const page = await browser.newPage();
  await page.setViewport({ width: 900, height: 1200 });
  await page.setExtraHTTPHeaders({ authorization: `Bearer ${coordinator}` });
  const refused = [];
  page.on("console", (message) => message.type() === "error" && refused.push(message.text()));
  page.on("request", (request) => request.url() === BASE + at + ".html" || refused.push(request.url()));
  await page.goto(`${BASE}${at}.html`, { waitUntil: "load" });
  if (refused.length) throw new Error(`${name} asks for more than itself: ${refused}`);
  await page.screenshot({ path: `${OUT}/${name}-html.png`, clip: { x: 0, y: 0, width: 900, height: 1800 } });

  // The page's own policy lets nothing run, so axe looks at a copy of it without that policy.
  const text = await (await fetch(`${BASE}${at}.html`, { headers: { authorization: `Bearer ${coordinator}` } })).text();
  const copy = await browser.newPage();
  await copy.setContent(text, { waitUntil: "load" });
  await copy.evaluate(axe.source);
  const found = await copy.evaluate(() => window.axe.run(document));
  console.log(`${name}: axe-core ${found.testEngine.version}, ${found.passes.length} rules passed, ${found.violations.length} violations`);
  for (const one of found.violations) {
    violations += 1;
    console.log(`  ${one.id} (${one.impact}): ${one.help}`);
    for (const node of one.nodes.slice(0, 3)) console.log(`    ${node.html.slice(0, 160)}`);
  }
  // As the browser would print it: the reader, the time and the case on every sheet.
  fs.writeFileSync(`${OUT}/${name}-sheet.pdf`, await copy.pdf({ preferCSSPageSize: true }));

  const pdf = await fetch(`${BASE}${at}.pdf`, { headers: { authorization: `Bearer ${coordinator}` } });
  if (!pdf.ok) throw new Error(`${at}.pdf: ${pdf.status}`);
  fs.writeFileSync(`${OUT}/${name}.pdf`, Buffer.from(await pdf.arrayBuffer()));
}
await browser.close();
process.exit(violations ? 1 : 0);
