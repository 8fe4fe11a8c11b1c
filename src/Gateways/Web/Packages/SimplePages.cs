using System.Net;
using System.Text;

namespace Appliance.Gateways.Web.Packages;

/// <summary>The interface's HTML (PEP 503, with what PEP 658 and 714 added).</summary>
internal static class SimplePages
{
    public static string Write(SimpleProjectList list)
    {
        StringBuilder page = Begin("Python packages");
        foreach (SimpleProject project in list.Projects)
        {
            page.Append($"<a href=\"{Encode(project.Name)}/\">{Encode(project.Name)}</a><br>\n");
        }

        return End(page);
    }

    public static string Write(SimpleProjectPage project)
    {
        StringBuilder page = Begin(project.Name);
        foreach (SimpleFile file in project.Files)
        {
            page.Append($"<a href=\"{Encode(file.Url)}#sha256={file.Hashes.Sha256}\"");
            if (file.RequiresPython is { } versions)
            {
                page.Append($" data-requires-python=\"{Encode(versions)}\"");
            }

            if (file.CoreMetadata is { } metadata)
            {
                page.Append($" data-core-metadata=\"sha256={metadata.Sha256}\" data-dist-info-metadata=\"sha256={metadata.Sha256}\"");
            }

            page.Append($">{Encode(file.Filename)}</a><br>\n");
        }

        return End(page);
    }

    private static StringBuilder Begin(string title) => new StringBuilder()
        .Append("<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"><meta name=\"pypi:repository-version\" content=\"1.1\">")
        .Append($"<title>{Encode(title)}</title></head>\n<body>\n<h1>{Encode(title)}</h1>\n");

    private static string End(StringBuilder page) => page.Append("</body>\n</html>\n").ToString();

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
