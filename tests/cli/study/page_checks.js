// SPDX-License-Identifier: GPL-2.0-only
// What tests/cli/test_study_page asks a browser: a function body of WebDriver's
// execute/sync. arguments[0]: which check; arguments[1]: results.json, parsed.
// Returns { seen: how many things were looked at, bad: sentences }.
const results = arguments[1];
const bad = [];
let seen = 0;

const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const text = (element) => element.textContent.trim();
const number = (words) => parseFloat(words.replace('−', '-').replaceAll(',', ''));

function expect(is, words) {
	seen++;
	if (!is)
		bad.push(words);
}

// A mark's middle, of the part of it that is seen.
function middle(mark) {
	const shape = mark.querySelector('use');
	const box = shape.getBoundingClientRect();
	return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

// ---- axes, read off the page: from pixels to figures ---------------------------

function line(ticks, scale = (v) => v, back = (v) => v) {
	const [a, b] = [ticks[0], ticks[ticks.length - 1]];
	const slope = (scale(b.value) - scale(a.value)) / (b.at - a.at);
	return {
		value: (at) => back(scale(a.value) + (at - a.at) * slope),
		per_pixel: Math.abs(slope),
	};
}

function upright(svg) {
	const lines = all('line.grid, line.base', svg).filter((l) => l.getAttribute('x1') === '0.00%' && l.getAttribute('x2') === '100.00%');
	const labels = all('text.axis[text-anchor=end]', svg).filter((t) => t.getAttribute('dx') === '-8.0');
	return line(labels.map((label, i) => ({ at: lines[i].getBoundingClientRect().y, value: number(text(label)) })));
}

function near(found, wanted, allowed) {
	return Math.abs(found - wanted) <= allowed;
}

// ---- the checks ----------------------------------------------------------------

const checks = {
	// Every run of the sweep has a mark where the axes say that its figures are.
	throughput() {
		const runs = results.receive.sweep.flatMap((row) => row.runs.map((run) => ({ ...row, ...run })));
		const marks = [];
		for (const [kind, of] of [['throughput', '.chart:not(.under)'], ['collapses', '.chart.under']]) {
			let found = 0;
			for (const svg of all('#throughput ' + of)) {
				const axis = upright(svg);
				const sizes = all('text.axis[text-anchor=middle]', svg).map((label) => {
					const box = label.getBoundingClientRect();
					return { name: text(label), x: box.x + box.width / 2 };
				});
				for (const mark of all('.run', svg)) {
					const said = /^(\S+) at (\S+): (\S+) Mbit\/s, (\S+) collapsed$/.exec(text(mark.querySelector('.tip')));
					const { x, y } = middle(mark);
					const wanted = number(kind === 'throughput' ? said[3] : said[4]);
					const size = sizes.find((s) => s.name === said[2]);
					found++;
					expect(near(axis.value(y), wanted, 1.6 * axis.per_pixel), `${kind} ${said[0]} is at ${axis.value(y)}`);
					expect(size && near(x, size.x, 12), `${kind} ${said[0]} is beside its size`);
					marks.push(said);
				}
			}
			expect(found === runs.length, `${kind}: ${found} marks of ${runs.length} runs`);
		}
		for (const run of runs)
			expect(marks.some((said) => number(said[1]) === run.scale && near(number(said[3]), run.mbit_per_s, 0.51) && number(said[4]) === run.collapsed),
				`a mark of ${run.scale}: ${run.mbit_per_s}, ${run.collapsed}`);
	},

	// A bar from the slowest run of a setting to its fastest, where there are several.
	spreads() {
		const rows = results.receive.sweep.filter((row) => row.runs.length > 1).map((row) => row.runs.map((run) => run.mbit_per_s));
		const bars = all('#throughput .spread');
		expect(bars.length === rows.length, `${bars.length} bars of ${rows.length} settings`);
		for (const rates of rows)
			expect(bars.some((bar) => {
				const axis = upright(bar.closest('svg.chart'));
				const { top, bottom } = bar.getBoundingClientRect();
				return near(axis.value(top), Math.max(...rates), 1.6 * axis.per_pixel) && near(axis.value(bottom), Math.min(...rates), 1.6 * axis.per_pixel);
			}), `a bar over ${rates}`);
	},

	badges() {
		for (const badge of all('#throughput .badge')) {
			const said = /: ([\d.,]+) Mbit/.exec(text(badge.querySelector('.tip')));
			const axis = upright(badge.closest('svg.chart'));
			const circle = badge.querySelector('circle').getBoundingClientRect();
			expect(near(axis.value(circle.y + circle.height / 2), number(said[1]), 1.6 * axis.per_pixel), `badge ${said[0]}`);
		}
	},

	// Parts of bars are as wide as their shares, and side by side.
	splits() {
		for (const svg of all('svg.bars')) {
			const whole = svg.getBoundingClientRect().width * 100 / number(text([...all('text.axis[text-anchor=end]', svg)].pop()));
			for (const part of all('.part', svg)) {
				const share = number(/ ([\d.]+)%$/.exec(text(part.querySelector('.tip')))[1]);
				const width = part.querySelector('rect').getBoundingClientRect().width;
				expect(near(100 * width / whole, share, 100 / whole), `${text(part.querySelector('.tip'))} is ${100 * width / whole}% wide`);
			}
		}
		const { linux, guest } = results.nics.systems;
		const price = (guest.samples / guest.profiled_work) / (linux.samples / linux.profiled_work);
		const hypervisor = all('#nics-cost .part').find((part) => /^guest, [\d.]+: hypervisor/.test(text(part.querySelector('.tip'))));
		expect(near(number(/ ([\d.]+)%$/.exec(text(hypervisor.querySelector('.tip')))[1]), 100 * price * guest.split.hypervisor, 0.06), 'what the hypervisor costs');
		const bars = all('#split .part');
		for (const [name, point] of [['A', 'A'], ['B', 'B'], ['B with the fix', 'fixed']])
			for (const [part, share] of Object.entries(results.receive.points[point].split)) {
				if (share === null || part === 'interrupts')
					continue;
				const wanted = bars.find((bar) => text(bar.querySelector('.tip')).startsWith(`${name}: ${part} `));
				expect(wanted && near(number(/ ([\d.]+)%$/.exec(text(wanted.querySelector('.tip')))[1]), 100 * share, 0.06), `${name}: ${part} ${share}`);
			}
	},

	// Functions: shares by the axis above them; what is absent, left of its line.
	functions() {
		for (const figure of all('#functions, #nics-functions')) {
			const [absent, ...ticks] = all('.axis-row text', figure).map((label) => {
				const box = label.getBoundingClientRect();
				return { value: number(text(label)), at: box.x + box.width / 2, right: box.right };
			});
			const axis = line(ticks, Math.log, Math.exp);
			for (const mark of all('.row:not(.axis-row) .m', figure)) {
				const said = /: (.*)$/.exec(text(mark.querySelector('.tip')))[1];
				const base = mark.closest('svg').querySelector('line.base').getBoundingClientRect().x;
				const { x } = middle(mark);
				if (said === 'absent')
					expect(x < base - 4 && near(x, absent.at, 12), `absent is at ${x}, its place at ${absent.at}`);
				else
					expect(x > base && near(Math.log(axis.value(x) / number(said)), 0, 2 * axis.per_pixel + 0.006 / number(said)), `${said} is at ${axis.value(x)}%`);
			}
		}
		const fixed = results.receive.points.fixed.functions.map((f) => f.symbol);
		for (const row of all('#functions tbody tr').filter((r) => !text(r).includes('published') && !text(r).includes('other routines')))
			expect(fixed.includes(text(row.children[0])) === (text(row.children[4]) !== 'absent'), `with the fix: ${text(row)}`);
	},

	changes() {
		const rows = all('#changes .row');
		const sizes = rows.map((row) => ({
			name: text(row.querySelector('code')),
			points: number(/^[+−]?[\d.]+/.exec(text(row.querySelector('.values')))[0]),
			box: row.querySelector('rect').getBoundingClientRect(),
			zero: row.querySelector('line').getBoundingClientRect().x,
		}));
		const per_point = sizes[0].box.width / Math.abs(sizes[0].points);
		for (const size of sizes) {
			expect(near(size.box.width, Math.abs(size.points) * per_point, 1.5), `${size.name}: ${size.points} points, ${size.box.width} pixels`);
			expect(size.points > 0 ? size.box.x >= size.zero - 1.5 : size.box.right <= size.zero + 1.5, `${size.name} is on its side of zero`);
			const diff = results.receive.diff.find((d) => d.symbol === size.name);
			expect(diff && near(100 * diff.change, size.points, 0.006), `${size.name}: ${size.points}`);
		}
		expect(rows.length === Math.min(14, results.receive.diff.length), `${rows.length} rows`);
	},

	// nics and web: each run at its rate, the published lines at their ratios.
	systems() {
		for (const [part, key] of [['nics', 'mbit_per_s'], ['web', 'requests_per_s']]) {
			const figure = document.getElementById(`${part}-rates`);
			const ticks = all('.axis-row:last-child text', figure).slice(0, -1).map((label) => {
				const box = label.getBoundingClientRect();
				return { value: number(text(label)), at: box.x + box.width / 2 };
			});
			const axis = line(ticks.slice(1));
			const rates = Object.values(results[part].systems).flatMap((s) => s.runs.map((r) => r[key]));
			const marks = all('.run', figure);
			expect(marks.length === rates.length, `${part}: ${marks.length} marks of ${rates.length} runs`);
			for (const mark of marks) {
				const said = number(/: ([\d.,]+)/.exec(text(mark.querySelector('.tip')))[1]);
				expect(near(axis.value(middle(mark).x), said, 2 * axis.per_pixel + 0.6), `${part}: ${said} is at ${axis.value(middle(mark).x)}`);
				expect(rates.some((rate) => near(rate, said, 0.51)), `${part}: ${said} was measured`);
			}
			const sorted = results[part].systems.linux.runs.map((r) => r[key]).sort((a, b) => a - b);
			const native = sorted[(sorted.length - 1) / 2];
			const lines = [...all('.row:not(.axis-row)', figure)[1].querySelectorAll('.published-line')].map((l) => axis.value(l.getBoundingClientRect().x) / native);
			const wanted = part === 'nics' ? [0.75] : [0.8, 0.34];
			expect(lines.length === wanted.length, `${part}: ${lines.length} published ratios`);
			lines.forEach((ratio, i) => expect(near(ratio, wanted[i], 0.012), `${part}: published ${wanted[i]} is at ${ratio}`));
		}
	},

	// Nothing wider than the window, tables aside, which scroll by themselves.
	width() {
		all('details').forEach((d) => { d.open = true; });
		const width = document.documentElement.clientWidth;
		expect(document.documentElement.scrollWidth <= width, `the page is ${document.documentElement.scrollWidth} wide, the window ${width}`);
		for (const element of all('body *')) {
			const box = element.getBoundingClientRect();
			if (!box.width || element.closest('.scroll') || element.matches('.skip') || element.closest('.label'))
				continue;
			expect(box.right <= width + 0.5 && box.left >= -0.5, `${element.tagName}.${element.getAttribute('class')} "${text(element).slice(0, 40)}": ${box.left} to ${box.right}`);
		}
		for (const box of all('.scroll'))
			expect(box.scrollWidth <= box.clientWidth || box.tabIndex === 0, 'a table that scrolls can be reached by keys');
	},

	// Labels of one plot do not lie on each other.
	labels() {
		for (const svg of all('svg[role=img]')) {
			const boxes = all('text', svg).filter((t) => !t.closest('.tip') && t.getBoundingClientRect().width)
				.map((t) => ({ t, box: t.getBoundingClientRect() }));
			boxes.forEach(({ t, box }, i) => boxes.slice(i + 1).forEach((other) => {
				const apart = box.right <= other.box.x + 1 || other.box.right <= box.x + 1 ||
					box.bottom <= other.box.y + 5 || other.box.bottom <= box.y + 5;
				expect(apart, `"${text(t)}" and "${text(other.t)}" of ${svg.closest('figure').id} lie on each other`);
			}));
		}
	},

	// WCAG's contrast of what is read with what is behind it: 4.5.
	contrast() {
		const parse = (color) => {
			const found = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(color);
			return found ? { rgb: found.slice(1, 4).map(Number), alpha: found[4] === undefined ? 1 : Number(found[4]) } : { rgb: [0, 0, 0], alpha: 0 };
		};
		const luminance = ({ rgb }) => rgb.map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
			.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
		const behind = (element) => {
			for (let at = element; at; at = at.parentElement) {
				const color = parse(getComputedStyle(at).backgroundColor);
				if (color.alpha === 1)
					return color;
			}
			return { rgb: [255, 255, 255], alpha: 1 };
		};
		for (const element of all('body *')) {
			const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
			if (!own || !element.getBoundingClientRect().width || element.matches('.skip'))
				continue;
			const style = getComputedStyle(element);
			const front = parse(element.closest('svg') ? style.fill : style.color);
			const inside = element.closest('.inside') && element.parentElement.querySelector('rect');
			const disc = element.closest('.badge') && element.parentElement.querySelector('circle');
			const back = inside || disc ? parse(getComputedStyle(inside || disc).fill) : behind(element);
			const [light, dark] = [luminance(front), luminance(back)].sort((a, b) => b - a);
			const contrast = (light + 0.05) / (dark + 0.05);
			expect(contrast >= 4.5, `${contrast.toFixed(2)}: ${style.fill} ${style.color} of "${text(element).slice(0, 30)}" on rgb(${back.rgb})`);
		}
	},

	dark() {
		const color = getComputedStyle(document.body).backgroundColor;
		expect(/^rgb\((\d+), /.exec(color)[1] < 64, `the page is ${color}`);
	},

	// On paper the tables are open, and nothing is cut off.
	print() {
		for (const table of all('table'))
			expect(table.getBoundingClientRect().height > 20, `the table of ${table.closest('figure').id} is printed`);
		for (const summary of all('summary'))
			expect(!summary.getBoundingClientRect().height, 'what opens a table is not printed');
	},

	// Hovering shows the figure: by style alone, no script.
	tips() {
		for (const tip of all('.tip'))
			expect((getComputedStyle(tip).display !== 'none') === tip.parentElement.matches(':hover'), text(tip));
		expect(all('.tip').filter((tip) => tip.getBoundingClientRect().width > 50).length === 1, 'a figure is shown where one points');
	},

	// Text that came from names is text: no element but ours, nothing ran.
	hostile() {
		const known = 'A B BODY CIRCLE CODE DD DEFS DETAILS DIV DL DT FIGCAPTION FIGURE FOOTER G H1 H2 H3 H4 HEAD HEADER HTML LI LINE MAIN META NAV P PATH PATTERN RECT SECTION SMALL SPAN STYLE SUMMARY SVG TABLE TBODY TD TEXT TH THEAD TITLE TR UL USE'.split(' ');
		for (const element of all('*')) {
			expect(known.includes(element.tagName.toUpperCase()), `an element ${element.tagName}`);
			for (const attribute of element.attributes)
				expect(!attribute.name.startsWith('on'), `an attribute ${attribute.name}`);
		}
		expect(window.ran === undefined, 'a name ran as a script');
	},
};

checks[arguments[0]]();
return { seen, bad };
