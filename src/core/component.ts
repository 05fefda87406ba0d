/**
 * What every component class gives: a literal name that keeps look-alike components apart in the type system and
 * names them in errors.
 */
export interface Component {
  /** The class's own name, as a literal type. */
  readonly component: string;
}

/**
 * A component's class, which is also its key: `world.get(entity, Latent4)`.
 *
 * @typeParam C The component.
 */
export interface ComponentType<C extends Component = Component> {
  /** Any constructor. */
  // deno-lint-ignore no-explicit-any -- constructors differ; only the instance type matters for a key.
  new (...args: any[]): C;
  /** Class name, for messages. */
  readonly name: string;
}

/**
 * An integer that stands for one picture on its way through a pipeline. `C` records, for the compiler only, which
 * components the entity is known to have.
 *
 * @typeParam C Union of the components known to be there.
 */
export type Entity<C extends Component = never> = number & {
  readonly componentsKnown?: (component: C) => void;
};
