//! What plugins hold by a handle: the host's side of the WIT package's resources.
//!
//! The generated bindings name these types, and the capabilities, which hand them out, use the
//! bindings. So the types are here, below both, and know neither the sandbox nor the WIT package.

mod content;
mod image;
mod key_value;
mod upload;

pub(crate) use {content::ContentError, image::ImageError, upload::UploadError};
#[allow(unreachable_pub, reason = "the generated bindings re-export them")]
pub use {
    content::ContentStream,
    image::RichMenuImage,
    key_value::{Bucket, Cas, KeyValueError},
    upload::OpenUpload,
};
