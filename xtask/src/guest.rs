//! Guests: the crates that become components, for the examples and the tests.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use serde_json::Value;
use wit_component::ComponentEncoder;

use crate::command;
use crate::target::Target;
use crate::toolchain::Toolchain;
use crate::workspace::Workspace;

/// Every workspace member below this folder is an example.
const EXAMPLES: &str = "plugins";
/// Every workspace member below this folder is a guest of the tests.
const TEST_GUESTS: &str = "tests/guests";
/// The guests that use the standard library's system calls.
const WASI_GUESTS: [&str; 2] = ["tests/guests/wasi", "tests/guests/hostile"];

struct Guest {
    name: String,
    /// Cargo's full name of the package: the short one may also be a dependency's.
    id: String,
    /// The name of the library, and of the file that the compiler makes.
    library: String,
    target: Target,
}

/// Builds the examples into `target/plugins`.
pub(crate) fn build_examples(workspace: &Workspace) -> anyhow::Result<()> {
    build(workspace, &[EXAMPLES])
}

/// Builds all guests into `target/plugins`.
pub(crate) fn build_all(workspace: &Workspace) -> anyhow::Result<()> {
    build(workspace, &[EXAMPLES, TEST_GUESTS])
}

/// Arguments by which cargo leaves the tests' guests out: they are of use on WebAssembly only.
pub(crate) fn excluded(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let guests = discover(workspace, &[TEST_GUESTS])?;
    Ok(guests
        .iter()
        .map(|guest| format!("--exclude={}", guest.name))
        .collect())
}

fn build(workspace: &Workspace, folders: &[&str]) -> anyhow::Result<()> {
    let guests = discover(workspace, folders)?;
    for target in [Target::Unknown, Target::Wasip2] {
        let guests: Vec<_> = guests.iter().filter(|g| g.target == target).collect();
        if !guests.is_empty() {
            compile(workspace, target, &guests)?;
            for guest in guests {
                make_component(workspace, guest)?;
            }
        }
    }
    Ok(())
}

fn discover(workspace: &Workspace, folders: &[&str]) -> anyhow::Result<Vec<Guest>> {
    let mut cargo = workspace.cargo(&["metadata", "--no-deps", "--format-version=1", "--locked"]);
    let metadata: Value = serde_json::from_str(&command::output(&mut cargo)?)
        .context("`cargo metadata` did not print JSON")?;
    metadata["packages"]
        .as_array()
        .context("`cargo metadata` lists no packages")?
        .iter()
        .filter_map(|package| guest(workspace, folders, package).transpose())
        .collect()
}

/// The package as a guest, if it is one and lies below one of the folders.
fn guest(
    workspace: &Workspace,
    folders: &[&str],
    package: &Value,
) -> anyhow::Result<Option<Guest>> {
    let text = |value: &Value| {
        let text = value.as_str().map(String::from);
        text.context("`cargo metadata` leaves out a name or path")
    };
    let manifest = text(&package["manifest_path"])?;
    let in_workspace = Path::new(&manifest).strip_prefix(workspace.root());
    let Some(folder) = in_workspace.ok().and_then(Path::parent) else {
        return Ok(None);
    };
    if !folders.iter().any(|guests| folder.starts_with(guests)) {
        return Ok(None);
    }
    let name = text(&package["name"])?;
    let library = package["targets"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|target| {
            let types = target["crate_types"].as_array();
            types.is_some_and(|types| types.contains(&"cdylib".into()))
        })
        .with_context(|| {
            format!(
                "the guest {name} makes no module; add `crate-type = [\"cdylib\"]` to its [lib]"
            )
        })?;
    Ok(Some(Guest {
        name,
        id: text(&package["id"])?,
        library: text(&library["name"])?,
        target: if WASI_GUESTS.iter().any(|it| folder == Path::new(it)) {
            Target::Wasip2
        } else {
            Target::Unknown
        },
    }))
}

/// Calls cargo once for all guests, in a target directory of their own: they may have another
/// compiler than the host, and do not wait for its builds.
fn compile(workspace: &Workspace, target: Target, guests: &[&Guest]) -> anyhow::Result<()> {
    let toolchain = Toolchain::find(workspace, target)?;
    let mut cargo = workspace.cargo(&["build", "--locked", "--profile=guest"]);
    cargo.env("CARGO_TARGET_DIR", workspace.target("guest"));
    for guest in guests {
        cargo.args(["--package", &guest.id]);
    }
    toolchain.configure(&mut cargo, target);
    command::run(&mut cargo)
}

fn make_component(workspace: &Workspace, guest: &Guest) -> anyhow::Result<()> {
    let compiled = workspace
        .target("guest")
        .join(guest.target.triple())
        .join("guest")
        .join(format!("{}.wasm", guest.library));
    let compiled = fs::read(&compiled).with_context(|| {
        format!(
            "cannot read what the compiler made at {}",
            compiled.display()
        )
    })?;
    let component = match guest.target {
        Target::Unknown => encode(&compiled)
            .with_context(|| format!("cannot make a component of the guest {}", guest.name))?,
        Target::Wasip2 => compiled,
    };
    let plugins = workspace.target("plugins");
    fs::create_dir_all(&plugins).with_context(|| format!("cannot create {}", plugins.display()))?;
    write_if_changed(&plugins.join(format!("{}.wasm", guest.name)), &component)
}

fn encode(module: &[u8]) -> anyhow::Result<Vec<u8>> {
    ComponentEncoder::default()
        .validate(true)
        .module(module)?
        .encode()
}

/// Leaves an equal file alone, so that nobody who watches it reloads for nothing, and replaces
/// another as a whole, so that nobody reads half of it.
fn write_if_changed(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let partial = path.with_extension("partial");
    fs::write(&partial, bytes)
        .and_then(|()| fs::rename(&partial, path))
        .with_context(|| format!("cannot write {}", path.display()))?;
    eprintln!("  {} ({} kB)", path.display(), bytes.len().div_ceil(1000));
    Ok(())
}
