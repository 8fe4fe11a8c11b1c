using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Appliance.Gateways.Web.Packages;

/// <summary>In which form an index page is wanted (PEP 691).</summary>
internal static class SimpleForm
{
    public const string Json = "application/vnd.pypi.simple.v1+json";
    public const string Html = "text/html";

    private static readonly string[] JsonNames = [Json, "application/vnd.pypi.simple.latest+json", "application/json"];
    private static readonly string[] HtmlNames =
        [Html, "application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.latest+html", "text/*", "*/*"];

    /// <returns>The type of the answer; HTML for who has no wish, or none that can be met.</returns>
    public static string Choose(HttpRequest request)
    {
        IList<MediaTypeHeaderValue> accepted = request.GetTypedHeaders().Accept;
        double json = Weight(accepted, JsonNames);
        return json > 0 && json >= Weight(accepted, HtmlNames) ? Json : Html;
    }

    private static double Weight(IEnumerable<MediaTypeHeaderValue> accepted, string[] names)
    {
        double most = 0;
        foreach (MediaTypeHeaderValue type in accepted)
        {
            if (names.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase))
            {
                most = Math.Max(most, type.Quality ?? 1);
            }
        }

        return most;
    }
}
