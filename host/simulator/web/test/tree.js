// Trees of Preact's nodes, as tests look at them.

/** All nodes below one that has a type, itself first. */
export function nodes(node) {
  if (Array.isArray(node)) return node.flatMap(nodes);
  if (!node?.props) return [];
  return [node, ...nodes(node.props.children)];
}

/** The nodes with a class. */
export const withClass = (tree, name) =>
  nodes(tree).filter((node) => String(node.props.class ?? "").split(" ").includes(name));

/** The text in a tree. */
export function text(node) {
  if (Array.isArray(node)) return node.map(text).join("");
  if (typeof node === "string" || typeof node === "number") return String(node);
  return node?.props ? text(node.props.children) : "";
}
