"""Copy what the book's pages load in the browser from node_modules into the book.

The files go to book/extra/_static/vendor, which Sphinx copies as it is (html_extra_path). They must
not lie under book/_static: from there every script would be loaded on every page. For the same
reason the book's own scripts are in book/extra/_static, beside that folder.
"""

from __future__ import annotations

import shutil
from pathlib import Path

BOOK = Path(__file__).resolve().parent
MODULES = BOOK / "node_modules"
VENDOR = BOOK / "extra" / "_static" / "vendor"

# Source below node_modules, destination below the vendor folder; folders are copied whole.
COPIES = {
    "mathjax/es5/tex-mml-chtml.js": "mathjax/tex-mml-chtml.js",
    "mathjax/es5/output/chtml/fonts/woff-v2": "mathjax/output/chtml/fonts/woff-v2",
    "mathjax/es5/input/tex": "mathjax/input/tex",
    "mathjax/LICENSE": "mathjax/LICENSE",
    "@popperjs/core/dist/umd/popper.min.js": "popper.min.js",
    "@popperjs/core/LICENSE.md": "popper.LICENSE.md",
    "tippy.js/dist/tippy-bundle.umd.min.js": "tippy-bundle.umd.min.js",
    "tippy.js/LICENSE": "tippy.LICENSE",
    "plotly.js-cartesian-dist-min/plotly-cartesian.min.js": "plotly-cartesian.min.js",
    "plotly.js-cartesian-dist-min/LICENSE": "plotly.LICENSE",
}


def main() -> None:
    """Replace the vendor folder by fresh copies."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, destination in COPIES.items():
        target = VENDOR / destination
        target.parent.mkdir(parents=True, exist_ok=True)
        if (MODULES / source).is_dir():
            shutil.copytree(MODULES / source, target)
        else:
            shutil.copyfile(MODULES / source, target)


if __name__ == "__main__":
    main()
