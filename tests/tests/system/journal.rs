//! The operator looks at events, and deals with dead letters, by the `botbox` command and the admin
//! API behind it.

mod command;
mod dead_letters;
mod follow;
mod list;
mod stage;
