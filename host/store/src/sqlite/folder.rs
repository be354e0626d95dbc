//! The data folder: whose it is, which files are in it, and how much room the disk has.

mod blob_folder;
mod data_folder;
mod disk;
mod running;

pub use disk::DiskLimits;

pub(super) use blob_folder::BlobFolder;
pub(super) use data_folder::{DataFolder, private_file, sync};
pub(super) use disk::Disk;
#[cfg(test)]
pub(super) use disk::FreeSpace;
pub(super) use running::{Recorded, Running};
