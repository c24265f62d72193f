declare module "plotly.js-cartesian-dist-min" {
  type Box = HTMLElement;
  const Plotly: {
    react(box: Box, data: unknown[], layout: unknown, config: unknown): Promise<unknown>;
    relayout(box: Box, layout: unknown): Promise<unknown>;
    purge(box: Box): void;
    downloadImage(
      box: Box,
      options: { format: "png" | "svg"; filename: string; width: number; height: number },
    ): Promise<string>;
  };
  export default Plotly;
}
