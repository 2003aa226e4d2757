//! Worlds that differ in what one person did, and everything that anybody else can notice.

mod leaks;
mod play;
mod properties;
mod seen;
mod sim;
mod stage;
mod ways;
mod worlds;
