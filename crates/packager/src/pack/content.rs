//! What objects hold that are neither marked nor encrypted on the way.

use media::Mark;

use super::payload::{Drain, Output};
use super::{Planned, Run, Task, What};
use crate::Error;
use crate::plan::{Part, Rendition};
use crate::protecting::BoxBytes;

impl Run<'_> {
    /// Writes the content of an object.
    pub(super) fn write_content(
        &self,
        task: Task,
        mark: Mark,
        output: &mut Output,
        out: &mut Drain<'_>,
    ) -> Result<(), Error> {
        match (task.what, self.planned(task.rendition)) {
            (What::Init, Planned::Media(rendition)) => {
                output.append(out, &rendition.init(self.init_protection(task))?)
            }
            (What::Init, Planned::Text(text)) => output.append(out, &text.init),
            (What::Segment(index), Planned::Media(rendition)) => {
                self.write_segment(rendition, index, output, out)
            }
            (What::Segment(index), Planned::Text(text)) => {
                output.append(out, &text.segments[index].mp4)
            }
            (What::WebVtt(index), Planned::Text(text)) => {
                output.append(out, text.segments[index].webvtt.as_bytes())
            }
            (What::WebVtt(_), Planned::Media(_)) => Ok(()),
            (What::SingleFile, Planned::Media(rendition)) => {
                let init = rendition.init(None)?;
                output.append(out, &rendition.single_file(init, BoxBytes::none())?.head)?;
                let segments = 0..rendition.segments.len();
                for index in segments {
                    match self.waiting_twins(task.rendition, index) {
                        Some(twins) => {
                            self.write_waiting(rendition, (index, mark), twins, output, out)?;
                        }
                        None => self.write_segment(rendition, index, output, out)?,
                    }
                }
                Ok(())
            }
            (What::SingleFile, Planned::Text(text)) => {
                output.append(out, &text.single_file()?.head)?;
                text.segments
                    .iter()
                    .try_for_each(|segment| output.append(out, &segment.mp4))
            }
        }
    }

    fn write_segment(
        &self,
        rendition: &Rendition,
        index: usize,
        output: &mut Output,
        out: &mut Drain<'_>,
    ) -> Result<(), Error> {
        let input = &self.plan.inputs[rendition.input];
        for Part { head, samples, .. } in rendition.parts(index)? {
            output.append(out, &head)?;
            output.copy(out, input, &rendition.track.samples[samples])?;
        }
        Ok(())
    }
}
