"""What is asked of a page as it stands in the browser: functions that return their complaints.

Each is a function in JavaScript without arguments; what it returns is empty if all is well.
"""

from __future__ import annotations

import json

from mfgcheck.report.blocks import STATUS_COLOURS

# MathJax shows what it cannot read as an error, and what it does not know in red.
TEX = """() => [...document.querySelectorAll('mjx-merror, mjx-container [style*="color: red"]')]
    .map(error => {
        const spoken = error.closest('mjx-container')?.querySelector('mjx-assistive-mml') || error;
        return `TeX error: ${error.dataset.mjxError || spoken.textContent}`;
    })"""

UNSET = """() => [...document.querySelectorAll('span.math, div.math')]
    .filter(formula => !formula.querySelector('mjx-container'))
    .map(formula => `formula not typeset: ${formula.textContent.trim().slice(0, 60)}`)"""

# Code may have any sign; whatever else has the marks of a formula was not recognised as one.
RAW = r"""() => {
    const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode.textContent;
        const marked = /\\[([]|\$\$|\\begin\{|\$[^$]*\\[a-zA-Z]+[^$]*\$/.test(text);
        const known = 'code, pre, script, style, noscript, textarea, mjx-container, .math';
        if (marked && !texts.currentNode.parentElement.closest(known))
            found.push(`raw TeX: ${text.trim().slice(0, 60)}`);
    }
    return found;
}"""

# A box may scroll by itself; what reaches over the edge of the page, or of a box that hides it,
# cannot be read. Of formulas, the whole counts: MathJax keeps a second, invisible copy for screen
# readers, and accents are wider than they look.
WIDTH = """() => {
    const page = document.documentElement, found = [];
    const over = (element, edge) => element.getBoundingClientRect().right > edge + 1;
    const overflow = element => getComputedStyle(element).overflowX;
    const reaching = (box, edge) => [...box.querySelectorAll('*')].filter(element => {
        const part = element.closest('mjx-math, mjx-assistive-mml');
        if (!over(element, edge) || part && !element.matches('mjx-math')) return false;
        for (let e = element; e !== box; e = e.parentElement)
            if (e !== element && overflow(e) !== 'visible'
                || getComputedStyle(e).position === 'fixed') return false;
        return true;
    });
    if (page.scrollWidth > innerWidth) {
        const main = document.querySelector('main') || document.body;
        const widest = reaching(main, innerWidth).at(-1);
        found.push(`${page.scrollWidth} px wide on a screen of ${innerWidth} px`
            + (widest ? `: ${widest.outerHTML.replace(/>.*/s, '>').slice(0, 80)}` : ''));
    }
    for (const box of document.querySelectorAll('main *'))
        if (['hidden', 'clip'].includes(overflow(box)) && box.checkVisibility()
            && !box.closest('svg, mjx-container, .visually-hidden, .sr-only')
            && reaching(box, box.getBoundingClientRect().right).length)
            found.push(`cut off at the right: ${box.textContent.trim().slice(0, 60)}`);
    return found;
}"""

# Buttons and links have names of their own; what is hidden from those who listen needs none, nor
# does what a script draws beside the page to measure it.
ALT = """() => {
    const named = picture => picture.getAttribute('aria-label')
        || picture.getAttribute('aria-labelledby') || picture.getAttribute('alt')
        || picture.querySelector(':scope > title')
        || picture.closest('[aria-hidden="true"], [role="presentation"], button, a[aria-label]')
        || picture.parentElement.closest('[role="img"][aria-label]')
        || picture.getBoundingClientRect().right < 0;
    return [...document.querySelectorAll('img, svg, canvas')]
        .filter(picture => !picture.parentElement.closest('svg, .MathJax') && !named(picture))
        .map(picture => `no alt text: ${picture.outerHTML.slice(0, 80)}`);
}"""

FIGURES = """() => {
    const dark = document.documentElement.dataset.theme === 'dark', found = [];
    for (const figure of document.querySelectorAll('main .only-light, main .only-dark')) {
        const wanted = figure.classList.contains(dark ? 'only-dark' : 'only-light');
        if (wanted !== (getComputedStyle(figure).display !== 'none'))
            found.push(`${figure.className} ${wanted ? 'is hidden' : 'is shown'}`
                + ` on a ${dark ? 'dark' : 'light'} page`);
    }
    return found;
}"""

# WCAG 2 asks for 4.5 between a text and what is behind it.
CONTRAST = """() => {
    const brush = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
    const parse = colour => {
        brush.clearRect(0, 0, 1, 1);
        brush.fillStyle = colour;
        brush.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = (top, alpha, below) =>
        below.map((value, i) => alpha * top[i] + (1 - alpha) * value);
    const light = colour => colour.map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const seen = element => {
        const above = [];
        for (let e = element; e; e = e.parentElement) above.unshift(getComputedStyle(e));
        let behind = [255, 255, 255], opacity = 1;
        for (const style of above) {
            opacity *= +style.opacity;
            const colour = parse(style.backgroundColor);
            behind = over(colour, colour[3] * opacity, behind);
        }
        const ink = parse(above.at(-1).color);
        return [over(ink, ink[3] * opacity, behind), behind];
    };
    const words = WORDS, found = new Set();
    for (const element of document.querySelectorAll('main *')) {
        const text = [...element.childNodes].filter(node => node.nodeType === 3)
            .map(node => node.textContent).join(' ');
        const word = words.find(word => new RegExp('\\\\b' + word + '\\\\b').test(text));
        if (!word || !element.checkVisibility() || element.closest('.highlight')) continue;
        const [a, b] = seen(element).map(light);
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) found.add(`${word} has a contrast of ${ratio.toFixed(1)} < 4.5`);
    }
    return [...found];
}""".replace("WORDS", json.dumps(list(STATUS_COLOURS)))

RULES = {
    "TeX": TEX,
    "unset": UNSET,
    "raw": RAW,
    "width": WIDTH,
    "alt": ALT,
    "figures": FIGURES,
    "contrast": CONTRAST,
}
