/** Buttons: real ones, with a text or a name. */
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

/** What every button has. */
interface ButtonProps {
  onPress: () => void;
  icon?: IconName;
  /** `main`: what one came for, once in a view; `soft`: what one probably wants here; `quiet`: without a border. */
  look?: 'main' | 'soft' | 'quiet' | 'plain';
  disabled?: boolean;
  /** Pressed or not, for a button that is one or the other. */
  pressed?: boolean;
  /** Whether what it opens is open. */
  expanded?: boolean;
  title?: string;
  /** The key that does the same. */
  keyName?: string;
  children?: ComponentChildren;
}

/** A button with a text. */
export function Button({
  onPress,
  icon,
  look = 'plain',
  disabled,
  pressed,
  expanded,
  title,
  keyName,
  children,
}: ButtonProps) {
  return (
    <button
      type="button"
      class={`button ${look}`}
      disabled={disabled}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-keyshortcuts={keyName}
      title={title}
      onClick={onPress}
    >
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}

/** A button that is an icon; its name is for those who do not see it, and shown on hovering. */
export function IconButton({
  onPress,
  icon,
  name,
  disabled,
  pressed,
  expanded,
  keyName,
  look = 'quiet',
}: Omit<ButtonProps, 'children' | 'title'> & { icon: IconName; name: string }) {
  return (
    <button
      type="button"
      class={`button only-icon ${look}`}
      disabled={disabled}
      aria-label={name}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-keyshortcuts={keyName}
      title={keyName === undefined ? name : `${name} (${keyName})`}
      onClick={onPress}
    >
      <Icon name={icon} />
    </button>
  );
}
