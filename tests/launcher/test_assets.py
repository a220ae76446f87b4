import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from launcher.base import StopError
from tests.launcher.server import Registry, integrity, registry, tarball

from launcher import assets, base

CSS = b"body{color:red}\n/*# sourceMappingURL=a.css.map */"
JS = b"let a = 1;\n//# sourceMappingURL=a.js.map\n"


class Shop:
    """A registry and a lock file that asks for two of its packages."""

    def __init__(self, shelf: Registry, lock: Path) -> None:
        self.shelf = shelf
        self.lock = lock
        self.packages = {
            "style": tarball({"dist/a.css": CSS, "dist/b.css": b"b{}"}),
            "@scope/code": tarball({"a.js": JS}),
        }
        shelf.files["/style/-/style-1.0.tgz"] = self.packages["style"]
        shelf.files["/@scope/code/-/code-1.0.tgz"] = self.packages["@scope/code"]
        self.pin({"dist/a.css": "style/a.css", "dist/b.css": "style/b.css"})

    def pin(self, files: dict[str, str], **hashes: str) -> None:
        style = hashes.get("style", integrity(self.packages["style"]))
        listed = "\n".join(f'"{inside}" = "{outside}"' for inside, outside in files.items())
        self.lock.write_text(
            f'[[asset]]\nname = "style"\nversion = "1.0"\nlicence = "MIT"\n'
            f'integrity = "{style}"\n[asset.files]\n{listed}\n'
            f'[[asset]]\nname = "@scope/code"\nversion = "1.0"\nlicence = "MIT"\n'
            f'integrity = "{integrity(self.packages["@scope/code"])}"\n'
            f'[asset.files]\n"a.js" = "code/a.js"\n'
        )


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Shop]:
    with registry() as shelf:
        monkeypatch.setenv("npm_config_registry", shelf.url)
        monkeypatch.setattr(assets, "LOCK", tmp_path / "assets.lock")
        yield Shop(shelf, tmp_path / "assets.lock")


def _files(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("[!.]*") if path.is_file()
    )


def test_pinned_files_arrive_without_their_source_maps(shop: Shop, tmp_path: Path) -> None:
    target = tmp_path / "assets"
    assets.ensure(target)
    assert _files(target) == ["code/a.js", "style/a.css", "style/b.css"]
    assert (target / "style/a.css").read_bytes() == b"body{color:red}"
    assert (target / "code/a.js").read_bytes().strip() == b"let a = 1;"


def test_a_second_start_asks_for_nothing(shop: Shop, tmp_path: Path) -> None:
    assets.ensure(tmp_path / "assets")
    shop.shelf.asked.clear()
    assets.ensure(tmp_path / "assets")
    assert shop.shelf.asked == []


def test_after_an_interruption_only_the_rest_is_fetched(shop: Shop, tmp_path: Path) -> None:
    code = shop.shelf.files.pop("/@scope/code/-/code-1.0.tgz")
    with pytest.raises(StopError, match="has no @scope/code"):
        assets.ensure(tmp_path / "assets")
    shop.shelf.files["/@scope/code/-/code-1.0.tgz"] = code
    shop.shelf.asked.clear()
    assets.ensure(tmp_path / "assets")
    assert shop.shelf.asked == ["/@scope/code/-/code-1.0.tgz"]
    assert len(_files(tmp_path / "assets")) == 3


def test_what_the_lock_no_longer_asks_for_is_removed(shop: Shop, tmp_path: Path) -> None:
    assets.ensure(tmp_path / "assets")
    shop.pin({"dist/a.css": "other/a.css"})
    assets.ensure(tmp_path / "assets")
    assert _files(tmp_path / "assets") == ["code/a.js", "other/a.css"]


def test_an_altered_package_is_refused_and_leaves_nothing(shop: Shop, tmp_path: Path) -> None:
    shop.pin({"dist/a.css": "style/a.css"}, style=integrity(b"another"))
    with pytest.raises(StopError, match=r"style 1\.0 is not the file that was pinned"):
        assets.ensure(tmp_path / "assets")
    assert _files(tmp_path / "assets") == []


def test_a_lock_that_names_a_missing_file_is_told(shop: Shop, tmp_path: Path) -> None:
    shop.pin({"dist/c.css": "style/c.css"})
    with pytest.raises(StopError, match=r"holds no dist/c\.css"):
        assets.ensure(tmp_path / "assets")


def test_a_mirror_may_keep_its_files_elsewhere(shop: Shop, tmp_path: Path) -> None:
    moved = shop.shelf.files.pop("/@scope/code/-/code-1.0.tgz")
    shop.shelf.files["/elsewhere.tgz"] = moved
    about = f'{{"dist": {{"tarball": "{shop.shelf.url}/elsewhere.tgz"}}}}'
    shop.shelf.files["/@scope%2fcode/1.0"] = about.encode()
    assets.ensure(tmp_path / "assets")
    assert "code/a.js" in _files(tmp_path / "assets")


def test_the_products_own_lock_can_be_read() -> None:
    content = tomllib.loads((base.ROOT / "assets.lock").read_text())
    for asset in content["asset"]:
        assert asset["integrity"].startswith("sha512-")
        assert asset["licence"]
        assert asset["files"]
