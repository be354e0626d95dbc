//! A backup: a copy of the data folder while the host runs.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::{fs, io};

use botbox_store::StoreError;

use super::Control;
use super::error::ControlError;

impl Control {
    /// Copies all that the host keeps into a new folder, from which a host can be started. Compiled plugins
    /// are not in it: they are made again. The folder has its name only when the copy is whole.
    pub(crate) async fn back_up(&self, folder: &Path) -> Result<(), ControlError> {
        if !folder.is_absolute() {
            return Err(ControlError::invalid("folder", "give an absolute path"));
        }
        if folder.exists() {
            let what = format!("{} is there already; give a new one", folder.display());
            return Err(ControlError::invalid("folder", what));
        }
        let mut partial = folder.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        // No plugin goes meanwhile that the registry still names.
        let _coming = self.plugins.read().await;
        let copied = self.copy(&partial).await;
        let copied = copied.and_then(|()| Ok(fs::rename(&partial, folder)?));
        if let Err(error) = copied {
            // Why it failed matters more.
            drop(fs::remove_dir_all(&partial));
            return Err(error.into());
        }
        tracing::info!(folder = %folder.display(), "backed up");
        Ok(())
    }

    async fn copy(&self, to: &Path) -> Result<(), StoreError> {
        fs::DirBuilder::new().mode(0o700).create(to)?;
        self.store.back_up(to).await?;
        let (data, to) = (self.opener.data.clone(), to.to_owned());
        let copied = tokio::task::spawn_blocking(move || {
            copy_folder(&data.join("media"), &to.join("media"))?;
            match fs::copy(data.join("secrets.key"), to.join("secrets.key")) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            }
        });
        match copied.await {
            Ok(copied) => Ok(copied?),
            Err(_) => Err(StoreError::Closed),
        }
    }
}

/// Copies a folder of folders of files, if it is there. A medium that expires meanwhile need not be copied.
fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    fs::DirBuilder::new().mode(0o700).create(to)?;
    for entry in entries {
        let entry = entry?;
        let copy = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &copy)?;
            continue;
        }
        match fs::copy(entry.path(), copy) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
