# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a page can be read: what a browser is asked."""

from __future__ import annotations

# The worst contrast of any text with its background, by the formula of the Web Content Accessibility Guidelines 2.
CONTRAST = """(() => {
  const channel = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const numbers = (c) => c.match(/[\\d.]+/g).map(Number);
  const shares = [0.2126, 0.7152, 0.0722];
  const light = (c) => shares.reduce((sum, share, at) => sum + share * channel(numbers(c)[at]), 0);
  const ground = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const [, , , alpha = 1] = numbers(getComputedStyle(at).backgroundColor);
      if (alpha > 0) return getComputedStyle(at).backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  };
  let worst = 21;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || element.closest('title, desc')) continue;
    const style = getComputedStyle(element);
    const ink = light(element.closest('text') ? style.fill : style.color);
    const paper = light(ground(element));
    worst = Math.min(worst, (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05));
  }
  return worst;
})()"""
