//! What the host shows to strangers beside taking webhooks: media, and the pages of account links.

pub(crate) mod account_link;
pub(crate) mod media;
