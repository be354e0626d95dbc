/** What is sold. */

/** Something to buy. */
export interface Good {
  readonly id: string;
  readonly name: string;
  readonly picture: string;
  /** In yen. */
  readonly price: number;
}

export const GOODS: readonly Good[] = [
  { id: "coffee", name: "Coffee", picture: "☕", price: 450 },
  { id: "cake", name: "Strawberry cake", picture: "🍰", price: 620 },
  { id: "bread", name: "Melon bread", picture: "🍞", price: 280 },
];
