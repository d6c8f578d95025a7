// Lines that an error went through: the one that raised it strongly, those that led there faintly. The marks move with
// the text while it is edited, and go when the line itself is changed.
import { RangeSet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, GutterMarker, gutterLineClass } from "@codemirror/view";

const setMarks = StateEffect.define();

class LineNumberMark extends GutterMarker {
  constructor(elementClass) {
    super();
    this.elementClass = elementClass;
  }
}

const kinds = {
  raised: { line: Decoration.line({ class: "cm-raised" }), number: new LineNumberMark("cm-raised-number") },
  led: { line: Decoration.line({ class: "cm-led" }), number: new LineNumberMark("cm-led-number") },
};

export const markedLines = StateField.define({
  create: () => [],
  update(marks, transaction) {
    for (const effect of transaction.effects) if (effect.is(setMarks)) return effect.value;
    return transaction.docChanged ? marks.flatMap((mark) => moved(mark, transaction)) : marks;
  },
  provide: (field) => [
    EditorView.decorations.from(field, (marks) => ranges(marks, "line")),
    gutterLineClass.from(field, (marks) => ranges(marks, "number")),
  ],
});

/** Mark `places` (`[{line}]`, the last one raised the error) and take all other marks away. */
export function markLines(view, places) {
  const marks = new Map();
  places.forEach(({ line }, index) => {
    if (line < 1 || line > view.state.doc.lines) return;
    const from = view.state.doc.line(line).from;
    marks.set(from, { from, kind: index === places.length - 1 ? "raised" : "led" });
  });
  view.dispatch({ effects: setMarks.of([...marks.values()].sort((one, other) => one.from - other.from)) });
}

function moved(mark, transaction) {
  const line = transaction.startState.doc.lineAt(mark.from);
  if (transaction.changes.touchesRange(line.from, line.to)) return [];
  return [{ ...mark, from: transaction.newDoc.lineAt(transaction.changes.mapPos(mark.from, 1)).from }];
}

function ranges(marks, part) {
  return RangeSet.of(marks.map((mark) => kinds[mark.kind][part].range(mark.from)), true);
}
