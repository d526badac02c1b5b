// What Jupyter hands to the JavaScript of the course.
// For the type checker alone: nothing loads this file.

/** The model of a widget, as anywidget hands it over: its traits, by their names in Python. */
interface Model {
  get(trait: string): any;
  set(trait: string, value: unknown): void;
  /** Send to Python what was set since the last time. */
  save_changes(): void;
  /** `event` is "change:trait", or several of them with spaces between. */
  on(event: string, act: () => void): void;
  off(event: string, act: () => void): void;
  send(message: object): void;
}

/** What a widget's `render` is called with. */
interface View {
  model: Model;
  el: HTMLElement;
}

/** What JupyterLab hands to its extensions, as far as it is asked for. */
declare namespace Jupyter {
  interface Signal<T> {
    connect(act: (sender: any, told: T) => void): void;
  }

  /** A widget of Lumino, out of which JupyterLab's page is made. */
  interface Widget {
    readonly id: string;
    readonly node: HTMLElement;
    readonly isDisposed: boolean;
    readonly isVisible: boolean;
    readonly parent: { fit(): void } | null;
    addClass(name: string): void;
    show(): void;
    hide(): void;
    close(): void;
    dispose(): void;
  }

  interface Container extends Widget {
    addWidget(widget: Widget): void;
  }

  interface Lumino {
    Widget: new (options?: { node?: HTMLElement }) => Widget;
    Panel: new () => Container;
  }

  /** JupyterLab's own modules, by the names in index.js. */
  interface Lab {
    application: any;
    apputils: any;
    coreutils: any;
    notebook: any;
    rendermime: any;
    widgets: Lumino;
  }

  interface Command {
    label: string;
    caption?: string;
    isEnabled?: () => boolean;
    execute: () => unknown;
  }

  interface App {
    commands: {
      addCommand(id: string, command: Command): void;
      addKeyBinding(binding: { command: string; keys: string[]; selector: string }): void;
      execute(id: string, given?: object): Promise<any>;
    };
    restored: Promise<unknown>;
    serviceManager: { contents: Contents };
    shell: Shell;
  }

  interface Shell {
    add(widget: Widget, area: string, options: object): void;
    activateById(id: string): void;
    isEmpty(area: string): boolean;
    widgets(area: string): Iterable<Widget>;
    currentWidget: Widget | null;
    currentChanged: Signal<unknown>;
    layoutModified: Signal<unknown>;
  }

  interface Palette {
    addItem(item: { command: string; category: string }): void;
  }

  /** The notebooks that are open. */
  interface Tracker {
    currentWidget: Panel | null;
    widgetAdded: Signal<Panel>;
    forEach(act: (panel: Panel) => void): void;
    has(widget: Widget): widget is Panel;
  }

  /** A file or a folder; `content` is what a folder holds, or what stands in a file. */
  interface Item {
    name: string;
    path: string;
    type: string;
    last_modified: string;
    format?: string | null;
    content: any;
  }

  interface Contents {
    get(path: string, asked?: { type?: string; format?: string; content?: boolean }): Promise<Item>;
    save(path: string, what: { type: string; format: string; content: unknown }): Promise<Item>;
    newUntitled(what: { path: string; type: string; ext?: string }): Promise<Item>;
    rename(path: string, to: string): Promise<Item>;
    copy(path: string, folder: string): Promise<Item>;
  }

  interface Kernel {
    status: string;
    connectionStatus: string;
    info: Promise<unknown>;
    interrupt(): Promise<void>;
    requestExecute(request: object): { done: Promise<any> };
  }

  interface Session {
    session: { kernel: Kernel | null } | null;
    isReady: boolean;
    ready: Promise<void>;
    kernelPreference: { name?: string };
    statusChanged: Signal<string>;
    connectionStatusChanged: Signal<string>;
    kernelChanged: Signal<{ oldValue: Kernel | null }>;
    changeKernel(kernel: { name: string }): Promise<unknown>;
    restartKernel(): Promise<void>;
  }

  /** A cell as a notebook stores it. */
  interface Stored {
    id: string;
    cell_type: string;
    source: string | string[];
    metadata?: any;
    outputs?: any[];
    attachments?: object;
  }

  interface Cell extends Widget {
    model: {
      id: string;
      type: string;
      outputs: { length: number };
      sharedModel: { getSource(): string };
    };
    editor: { hasFocus(): boolean } | null;
  }

  interface Notebook extends Widget {
    widgets: Cell[];
    activeCell: Cell | null;
    activeCellIndex: number;
    model: { getMetadata(key: string): any; sharedModel: { toJSON(): { cells: Stored[] } } };
    rendermime: Rendermime;
    scrollToItem(index: number, align: string): Promise<void>;
  }

  /** A notebook with its toolbar and its kernel. */
  interface Panel extends Widget {
    content: Notebook;
    contentHeader: Container;
    toolbar: { insertItem(index: number, name: string, widget: Widget): void };
    revealed: Promise<void>;
    sessionContext: Session;
    context: {
      path: string;
      ready: Promise<void>;
      save(): Promise<void>;
      revert(): Promise<void>;
      saveState: Signal<string>;
      model: {
        dirty: boolean;
        contentChanged: Signal<unknown>;
        getMetadata(key: string): any;
        sharedModel: { cells: { cell_type: string; outputs: unknown[] }[] };
      };
    };
  }

  /** NotebookActions. */
  interface Actions {
    executed: Signal<{ notebook: Notebook; cell: Cell }>;
    runCells(notebook: Notebook, cells: Cell[], session: Session): Promise<unknown>;
  }

  /** An output to be shown: its data by mime type. */
  interface Output {
    data: Record<string, any>;
    metadata: Record<string, any>;
    trusted?: boolean;
    setData?: () => void;
  }

  interface Renderer extends Widget {
    renderModel(output: Output): Promise<void>;
    /** Of ipywidgets' views alone: who knows the widgets, once a kernel gave it. */
    _manager?: { promise: Promise<Manager> };
  }

  /** ipywidgets' manager of the models of one notebook. */
  interface Manager {
    restored: Signal<unknown>;
    restoredStatus: boolean;
    has_model(id: string): boolean;
    get_model(id: string): Promise<{ comm_live: boolean }>;
  }

  interface Factory {
    safe?: boolean;
    mimeTypes: string[];
    createRenderer(options: { mimeType: string }): Renderer;
  }

  interface Rendermime {
    getFactory(mime: string): Factory | undefined;
    addFactory(factory: Factory, rank?: number): void;
    removeMimeType(mime: string): void;
    createRenderer(mime: string): Renderer;
    latexTypesetter: { typeset(node: HTMLElement): Promise<void> } | null;
  }
}

interface Window {
  /** JupyterLab's extensions that were loaded, by name. */
  _JUPYTERLAB?: Record<
    string,
    { init: (scope: any) => Promise<void>; get: () => Promise<() => object> }
  >;
}
