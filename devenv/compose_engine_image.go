package devenv

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// provideImage makes sure that an image is on this machine, as Settings.Pull
// says; it may pull it for at most Settings.Wait.
func (e *Env) provideImage(ctx context.Context, d *dockerAPI, image string) error {
	err := d.call(ctx, http.MethodGet, "/images/"+image+"/json", nil, nil, nil)
	switch {
	case err == nil && e.set.Pull != "always":
		return nil
	case err != nil && !notFound(err):
		return e.explainDocker(d.where, err)
	case e.set.Pull == "never":
		return e.failNoImage(image, "is not on this machine, and REDKIT_PULL=never", err, localImages(ctx, d)...)
	}
	e.note("pulling %s, for at most %s …", image, e.set.Wait)
	ctx, cancel := context.WithTimeout(ctx, e.set.Wait)
	defer cancel()
	if err := pull(ctx, d, image); err != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			err = fmt.Errorf("not pulled within %s: %w", e.set.Wait, err)
		}
		return e.failNoImage(image, "is not on this machine and cannot be pulled", err, localImages(context.WithoutCancel(ctx), d)...)
	}
	return nil
}

// localImages are those on this machine that look like Redis, the newest first.
func localImages(ctx context.Context, d *dockerAPI) []string {
	var list []struct{ RepoTags []string }
	if err := d.call(ctx, http.MethodGet, "/images/json", nil, nil, &list); err != nil {
		return nil // only a hint would have come of it
	}
	var names []string
	for _, image := range list {
		for _, tag := range image.RepoTags {
			if strings.Contains(tag, "redis") || strings.Contains(tag, "valkey") {
				names = append(names, tag)
			}
		}
	}
	return names
}

// failNoImage offers one of the images that are here.
func (e *Env) failNoImage(image, text string, err error, here ...string) *Failure {
	other := "NAME:TAG"
	if len(here) > 0 {
		other = here[0]
	}
	f := &Failure{
		Code: "image_missing", Exit: ExitNoImage,
		Message: fmt.Sprintf("image %s %s", image, text),
		Fixes: []string{
			"pull or load it: docker pull " + image + ", docker load -i FILE",
			"take another that is here: REDKIT_IMAGE=" + other + " " + e.run("up"),
			"do without Docker: REDKIT_BACKEND=native or embedded " + e.run("up"),
		},
		Err: err,
	}
	if image != e.set.Image { // one of a companion
		without := *e.set
		without.Monitoring = false
		f.Fixes = []string{
			f.Fixes[0], "take another: REDKIT_PROMETHEUS_IMAGE or REDKIT_GRAFANA_IMAGE=NAME:TAG",
			"do without: REDKIT_PROFILE=" + without.ProfileName() + " " + e.run("up"),
		}
	}
	if err != nil {
		f.Detail = err.Error()
	}
	return f
}

// pull reads the engine's progress to its end: an error stands in the stream,
// after a success has been announced.
func pull(ctx context.Context, d *dockerAPI, image string) error {
	query := url.Values{"fromImage": {image}}
	if name, digest, ok := strings.Cut(image, "@"); ok {
		query = url.Values{"fromImage": {name}, "tag": {digest}}
	} else if slash := strings.LastIndex(image, "/"); !strings.Contains(image[slash+1:], ":") {
		query.Set("tag", "latest") // without a tag the engine would pull all of them
	}
	body, err := d.stream(ctx, http.MethodPost, "/images/create", query, nil)
	if err != nil {
		return err
	}
	defer body.Close()
	for steps := json.NewDecoder(body); ; {
		var step struct{ Error string }
		err := steps.Decode(&step)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case step.Error != "":
			return errors.New(step.Error)
		}
	}
}
